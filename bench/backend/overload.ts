import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { AROUND } from '../gateway/stage.ts';
import type { LoadResult } from './load-driver.ts';
import { pssMb, runLoad, startBackend } from './our-backend.ts';

const TOKENS = 16;
const BUDGET_MS = 2_000;
const OVERLOAD = 4;
/** A burst is the work of so many seconds. */
const BURST_SECONDS = 6;
/** An answer that takes this long is one of a service that does nothing else. */
const CALM_MS = 250;
const CALIBRATE_SECONDS = 3;
const MEMORY_EVERY_MS = 1_000;

async function answersCalmly(url: string): Promise<boolean> {
  const begin = performance.now();
  const answer = await fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'all-minilm-l6-v2', input: `calm ${begin}` }),
  });
  await answer.arrayBuffer();
  return answer.status === 200 && performance.now() - begin < CALM_MS;
}

async function recoveryMs(url: string): Promise<number> {
  const begin = performance.now();
  while (!(await answersCalmly(url))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - begin;
}

/** Of those that came back when they were told to, the share that was answered. */
function shareServed(...results: readonly LoadResult[]): number | null {
  const returned = results.reduce((sum, one) => sum + one.returned, 0);
  const served = results.reduce((sum, one) => sum + one.answeredAtReturn, 0);
  return returned === 0 ? null : served / returned;
}

interface Overload {
  /** Requests per second when nothing is too much. */
  readonly capacity: number;
  readonly burst: LoadResult;
  readonly storm: LoadResult;
}

async function overload(url: string, seconds: number): Promise<Overload> {
  const load = { url, tokens: TOKENS, texts: 4, seconds };
  const calm = await runLoad({ ...load, connections: 16, seconds: CALIBRATE_SECONDS }, AROUND);
  const capacity = (calm.answered['200'] ?? 0) / calm.seconds;
  const patient = { ...load, connections: 5_000, budgetMs: BUDGET_MS };
  const burst = await runLoad({ ...patient, burst: Math.round(capacity * BURST_SECONDS) }, AROUND);
  const storm = await runLoad({ ...patient, rate: capacity * OVERLOAD }, AROUND);
  return { capacity, burst, storm };
}

/** Four times what the service can do, for `seconds`; every request grants two. */
export async function measureOverload(options: {
  readonly bundle: string;
  readonly seconds: number;
  readonly command: string;
}): Promise<readonly Figure[]> {
  const { bundle, seconds, command } = options;
  const { url, pid, child } = await startBackend(bundle, { lanes: 1 });
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, pssMb(pid))), MEMORY_EVERY_MS);
  try {
    const { capacity, burst, storm } = await overload(url, seconds);
    const recovered = await recoveryMs(url);
    const { answered, p99Ms, dishonest, retryAfter } = storm;
    const expected = new Set(['200', '429', '504']);
    const wrong = Object.entries(answered).reduce(
      (sum, [status, count]) => (expected.has(status) ? sum : sum + count),
      dishonest,
    );
    const note = `${JSON.stringify(answered)}, Retry-After ${retryAfter[0] ?? 0}..${retryAfter.at(-1) ?? 0} s`;
    return [
      figure('backend.overload_p99_budgets', {
        value: p99Ms / BUDGET_MS,
        samples: answered['200'] ?? 0,
        command,
        peers: {
          'capacity per s': capacity,
          'goodput per s': (answered['200'] ?? 0) / storm.seconds,
        },
        note,
      }),
      figure('backend.overload_wrong_answers', { value: wrong, samples: 1, command }),
      figure('backend.overload_obeyed', {
        value: shareServed(burst, storm),
        samples: burst.returned + storm.returned,
        command,
        peers: { 'after a burst': shareServed(burst), 'in the storm': shareServed(storm) },
      }),
      figure('backend.overload_gave_up', {
        value:
          (answered['504'] ?? 0) / Math.max(1, (answered['504'] ?? 0) + (answered['200'] ?? 0)),
        samples: 1,
        command,
      }),
      figure('backend.overload_peak_pss_mb', { value: peakMb, samples: 1, command }),
      figure('backend.overload_recovery_ms', { value: recovered, samples: 1, command }),
    ];
  } finally {
    clearInterval(watch);
    await child.stop();
  }
}
