import { join } from 'node:path';
import { figure } from '../budgets.ts';
import { freePort, startChild, untilAnswers } from '../child.ts';
import type { Figure } from '../figure.ts';
import { median } from '../figure.ts';
import { BENCH_KEY } from './our-gateway.ts';
import { rssMb } from './process-cost.ts';

const BARE = join(import.meta.dirname, '../peers-programs/bare-http.mjs');
const ENV = { HOST: '127.0.0.1', UPSTREAM_URL: 'http://127.0.0.1:9', API_KEYS: BENCH_KEY };
/** Long enough for what is loaded in the background, and for a collection. */
const SETTLE_MS = 3_000;

/** Spawn to the first 200, of the bundled gateway and of a node:http server that does nothing. */
export async function measureSpawn(
  bundle: string,
  { rounds, command }: { rounds: number; command: string },
): Promise<Figure> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await spawnMs([process.execPath, bundle], ENV, '/health/live'));
    bare.push(await spawnMs([process.execPath, BARE], {}, '/'));
  }
  const ratios = ours.map((value, index) => value / (bare[index] ?? Number.NaN));
  const peers = { 'gateway ms': median(ours), 'node:http ms': median(bare) };
  return figure('gateway.spawn_ratio', { value: median(ratios), samples: rounds, command, peers });
}

async function spawnMs(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  path: string,
): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = startChild(command, { env: { ...env, PORT: String(port) } });
  await untilAnswers(`http://127.0.0.1:${port}${path}`, 10_000);
  const elapsed = performance.now() - started;
  await child.stop();
  return elapsed;
}

/** Resident memory of a gateway that has answered once and has nothing to do. */
export async function measureIdleMemory(bundle: string, command: string): Promise<Figure> {
  const port = await freePort();
  const child = startChild([process.execPath, bundle], { env: { ...ENV, PORT: String(port) } });
  try {
    await untilAnswers(`http://127.0.0.1:${port}/health/live`, 10_000);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const value = rssMb(child.process.pid ?? 0);
    return figure('gateway.rss_idle_mb', { value, samples: 1, command });
  } finally {
    await child.stop();
  }
}
