import { figure } from '../budgets.ts';
import { freePort, startChild, untilAnswers } from '../child.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { AROUND } from '../gateway/stage.ts';
import { BARE_HTTP, launchBackend, pssMb, runLoad, startBackend } from './our-backend.ts';

/** Spawn to the first answer of a server that does nothing: what of it is Node's and the machine's. */
async function bareSpawnMs(): Promise<number> {
  const port = await freePort();
  const begin = performance.now();
  const child = startChild([process.execPath, BARE_HTTP], { env: { PORT: String(port) } });
  try {
    await untilAnswers(`http://127.0.0.1:${port}/`, 30_000);
    return performance.now() - begin;
  } finally {
    await child.stop();
  }
}

/** Spawn to the first answer, and to ready. */
export async function measureStart(options: {
  readonly bundle: string;
  readonly rounds: number;
  readonly command: string;
}): Promise<readonly Figure[]> {
  const { bundle, rounds, command } = options;
  const port: number[] = [];
  const ready: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const begin = performance.now();
    const { url, child } = await launchBackend(bundle, { lanes: 1 });
    try {
      await untilAnswers(`${url}/health/live`, 30_000);
      port.push(performance.now() - begin);
      await untilAnswers(`${url}/health/ready`, 60_000);
      ready.push(performance.now() - begin);
    } finally {
      await child.stop();
    }
    bare.push(await bareSpawnMs());
  }
  const peers = { 'node:http ms': median(bare) };
  return [
    figure('backend.port_ms', { value: median(port), samples: rounds, command, peers }),
    figure('backend.ready_ms', { value: median(ready), samples: rounds, command }),
  ];
}

/** HTTP process and two lanes, after both have worked. */
export async function measureMemory(options: {
  readonly bundle: string;
  readonly seconds: number;
  readonly command: string;
}): Promise<Figure> {
  const { bundle, seconds, command } = options;
  const { url, pid, child } = await startBackend(bundle, { lanes: 2 });
  try {
    const idle = pssMb(pid);
    await runLoad({ url, connections: 64, seconds, tokens: 64, texts: 1 }, AROUND);
    return figure('backend.lanes_pss_mb', {
      value: pssMb(pid),
      samples: 1,
      command,
      peers: { 'before the load': idle },
    });
  } finally {
    await child.stop();
  }
}
