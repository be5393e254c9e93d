import { Agent, get } from 'node:http';
import { figure } from '../budgets.ts';
import { freePort, startChild, untilAnswers } from '../child.ts';
import type { Figure } from '../figure.ts';
import { AROUND } from '../gateway/stage.ts';
import { BARE_HTTP, runLoad, startBackend } from './our-backend.ts';

const PROBE_EVERY_MS = 10;

function probe(url: string, agent: Agent): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (answer) => {
      answer.resume().on('end', () => resolve(performance.now() - begin));
    }).on('error', reject);
  });
}

function p99(durations: number[]): number | null {
  durations.sort((a, b) => a - b);
  return durations[Math.floor(durations.length * 0.99)] ?? null;
}

/**
 * How long `/health/live` takes while long batches run without a pause; beside it a bare node:http
 * server that does nothing, asked at the same moments: what of it is the machine's.
 */
export async function measureLive(options: {
  readonly bundle: string;
  readonly seconds: number;
  readonly command: string;
}): Promise<Figure> {
  const { bundle, seconds, command } = options;
  const port = await freePort();
  const idle = startChild([process.execPath, BARE_HTTP], { env: { PORT: String(port) } });
  const { url, child } = await startBackend(bundle, { lanes: 1 });
  const agent = new Agent({ keepAlive: true });
  const ours: number[] = [];
  const bare: number[] = [];
  try {
    await untilAnswers(`http://127.0.0.1:${port}/`, 10_000);
    const load = { done: false };
    const running = runLoad(
      { url, connections: 2, seconds, tokens: 120, texts: 32 },
      AROUND,
    ).finally(() => (load.done = true));
    while (!load.done) {
      bare.push(await probe(`http://127.0.0.1:${port}/`, agent));
      ours.push(await probe(`${url}/health/live`, agent));
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
    await running;
  } finally {
    agent.destroy();
    await child.stop();
    await idle.stop();
  }
  const peers = { 'idle node:http ms': p99(bare) };
  return figure('backend.live_p99_ms', { value: p99(ours), samples: ours.length, command, peers });
}
