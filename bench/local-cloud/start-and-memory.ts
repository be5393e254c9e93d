import {
  makeFolders,
  removeFolders,
  startHarness,
} from '../../services/local-cloud/test-kit/local-cloud-harness.ts';
import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { rssMb } from '../gateway/process-cost.ts';

/** Long enough for what happens in the background after a start. */
const SETTLE_MS = 2_000;

/**
 * Spawn to a usable connection file, and the memory of one that has nothing to do. As `npm start` runs
 * it, without Postgres, which is a process of its own and starts beside it.
 */
export async function measureStartAndMemory(
  rounds: number,
  command: string,
): Promise<readonly Figure[]> {
  const starts: number[] = [];
  const sizes: number[] = [];
  // The first start fills the cache of compiled code and doesn't count.
  for (let round = 0; round <= rounds; round += 1) {
    const folders = makeFolders();
    const began = performance.now();
    const cloud = await startHarness(folders);
    const elapsed = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    if (round > 0) {
      starts.push(elapsed);
      sizes.push(rssMb(cloud.connection.pid));
    }
    await cloud.stop();
    removeFolders(folders);
  }
  const shared = { samples: rounds, command };
  return [
    figure('local_cloud.start_ms', { ...shared, value: median(starts) }),
    figure('local_cloud.rss_mb', { ...shared, value: median(sizes) }),
  ];
}
