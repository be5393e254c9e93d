import { freePort } from '../child.ts';
import { findProgram } from '../peers.ts';
import type { Stage } from './stage.ts';
import { AROUND } from './stage.ts';

/** A Redis beside the load, for limits that all instances share; null when it is not installed. */
export async function startBenchRedis(stage: Stage): Promise<string | null> {
  const redis = await findProgram('redis-server');
  if (redis === null) return null;
  const port = await freePort();
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    stage.folder,
  ];
  stage.start([redis, ...options], { cpu: AROUND });
  return `redis://127.0.0.1:${port}`;
}
