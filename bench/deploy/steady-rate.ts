import { Pool } from 'undici';

/** What came of a steady stream of requests. */
export interface RateReport {
  readonly requests: number;
  /** Any answer but 200, any broken connection, anything that took too long. */
  readonly failures: readonly string[];
}

export interface SteadyRate {
  readonly stop: () => Promise<RateReport>;
}

const TICK_MS = 10;
const TOO_LONG_MS = 10_000;

/**
 * Sends so many requests a second, whether earlier ones were answered or not, and never one twice:
 * what it sees is what as many independent callers would see.
 */
export function startSteadyRate(
  url: string,
  { path, key, perSecond }: { path: string; key: string; perSecond: number },
): SteadyRate {
  const pool = new Pool(url, { connections: 64, headersTimeout: TOO_LONG_MS });
  const failures: string[] = [];
  const open = new Set<Promise<void>>();
  const began = performance.now();
  let requests = 0;

  const ask = async (): Promise<void> => {
    try {
      const answer = await pool.request({ method: 'GET', path, headers: { 'x-api-key': key } });
      await answer.body.dump();
      if (answer.statusCode !== 200) failures.push(`status ${answer.statusCode}`);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  const timer = setInterval(() => {
    const due = ((performance.now() - began) * perSecond) / 1000;
    for (; requests < due; requests += 1) {
      const asked = ask().finally(() => open.delete(asked));
      open.add(asked);
    }
  }, TICK_MS);

  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(open);
      await pool.close();
      return { requests, failures };
    },
  };
}
