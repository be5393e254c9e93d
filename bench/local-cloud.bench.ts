import { measureDeploy } from './deploy.bench.ts';
import type { Figure } from './figure.ts';
import { measureRevisionList } from './local-cloud/revision-list.ts';
import { measureRouterRatio } from './local-cloud/router-ratio.ts';
import { measureStartAndMemory } from './local-cloud/start-and-memory.ts';
import type { BenchOptions } from './subject.ts';

const COMMAND = 'npm run bench -- local-cloud';

/** What the local cloud costs, and how long a deploy and a rollback on it take. */
export async function measureLocalCloud(options: BenchOptions): Promise<readonly Figure[]> {
  const { smoke } = options;
  return [
    ...(await measureStartAndMemory(smoke ? 2 : 9, COMMAND)),
    await measureRevisionList(smoke ? 3 : 30, COMMAND),
    await measureRouterRatio({ rounds: smoke ? 1 : 7, seconds: smoke ? 1 : 3 }, COMMAND),
    ...(await measureDeploy(options)),
  ];
}
