import { freePort, untilAnswers } from '../child.ts';
import type { Candidate } from './peers.ts';
import type { Stage } from './stage.ts';
import { UNDER_TEST } from './stage.ts';

export const BENCH_KEY = 'bench-key-of-forty-characters-0123456789';

/** Two limits that count every request and refuse none: of the key, and of the gateway. */
const LIMITS = { RATE_LIMIT_PER_MINUTE: '6000000', GLOBAL_RATE_LIMIT_PER_MINUTE: '6000000' };

export interface GatewayOptions {
  readonly bundle: string;
  readonly upstream: string;
  readonly name?: string;
  readonly redisUrl?: string;
  /** Else as it is shipped. */
  readonly busyPollUs?: number;
}

/** The gateway with everything on: keys, two limits, metrics, a JSON line per request. */
export async function startOurGateway(
  stage: Stage,
  { bundle, upstream, name = 'gateway', redisUrl, busyPollUs }: GatewayOptions,
): Promise<Candidate> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = stage.start([process.execPath, bundle], {
    cpu: UNDER_TEST,
    env: {
      ...LIMITS,
      PORT: String(port),
      HOST: '127.0.0.1',
      UPSTREAM_URL: upstream,
      API_KEYS: BENCH_KEY,
      ...(busyPollUs === undefined ? {} : { BUSY_POLL_US: String(busyPollUs) }),
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    },
  });
  await untilAnswers(`${url}/health/live`, 10_000);
  return { name, url, child };
}
