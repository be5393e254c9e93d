import { figure } from '../budgets.ts';
import type { Figure } from '../figure.ts';
import { AROUND } from '../gateway/stage.ts';
import { runLoad, startBackend } from './our-backend.ts';

const TOKENS = 16;
const BUDGET_MS = 2_000;
const OVERLOAD = 4;
/** A burst is the work of so many seconds. */
const BURST_SECONDS = 6;
/** An answer that takes this long is one of a service that does nothing else. */
const CALM_MS = 250;
const CALIBRATE_SECONDS = 3;

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

/** Four times what the service can do, for `seconds`; every request grants two. */
export async function measureOverload(options: {
  readonly bundle: string;
  readonly seconds: number;
  readonly command: string;
}): Promise<readonly Figure[]> {
  const { bundle, seconds, command } = options;
  const { url, child } = await startBackend(bundle, { lanes: 1 });
  const load = { url, tokens: TOKENS, texts: 4 };
  try {
    const calm = await runLoad({ ...load, connections: 16, seconds: CALIBRATE_SECONDS }, AROUND);
    const capacity = (calm.answered['200'] ?? 0) / calm.seconds;
    const burst = await runLoad(
      {
        ...load,
        connections: 5_000,
        seconds,
        burst: Math.round(capacity * BURST_SECONDS),
        budgetMs: BUDGET_MS,
      },
      AROUND,
    );
    const storm = await runLoad(
      { ...load, connections: 5_000, seconds, rate: capacity * OVERLOAD, budgetMs: BUDGET_MS },
      AROUND,
    );
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
        value: burst.returned === 0 ? null : burst.answeredAtReturn / burst.returned,
        samples: burst.returned,
        command,
      }),
      figure('backend.overload_recovery_ms', { value: recovered, samples: 1, command }),
    ];
  } finally {
    await child.stop();
  }
}
