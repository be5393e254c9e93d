import type { Socket } from 'node:net';
import { startGatewayProcess } from '../src/test-process.ts';
import type { GatewayProcess } from '../src/test-process.ts';
import { TEST_KEY } from '../src/test-rig.ts';
import { okAnswer, startRawUpstream } from './raw-upstream.ts';
import type { RawAnswer, RawUpstream } from './raw-upstream.ts';
import type { StrictMessage } from './strict-http.ts';

export { TEST_KEY };
export const PRINCIPAL_SECRET = 'principal-secret-of-the-tests';
/** One header line with a good key. */
export const KEY_LINE = `X-Api-Key: ${TEST_KEY}\r\n`;

export type Reply = (request: StrictMessage, socket: Socket) => RawAnswer | null;

export interface Gateway extends GatewayProcess {
  port: number;
}

/** Some gateways as processes of their own, in front of one upstream that reads to the letter. */
export interface Fleet {
  gateways: readonly Gateway[];
  upstream: RawUpstream;
  /** What reached the upstream since the last `reset`. */
  requests: StrictMessage[];
  /** What no gateway may write. */
  violations: string[];
  /** Forgets what was seen, and answers as told (200 with the target otherwise). */
  reset: (reply?: Reply) => void;
  /** The next gateway's port: cases of a table go round all instances. */
  nextPort: () => number;
  stop: () => Promise<void>;
}

const echo: Reply = ({ start }) => ({ bytes: okAnswer(start[1]) });

export async function startFleet(
  instances: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Fleet> {
  const requests: StrictMessage[] = [];
  const violations: string[] = [];
  let reply: Reply = echo;
  const upstream = await startRawUpstream({
    onRequest(request, socket) {
      requests.push(request);
      return reply(request, socket);
    },
    onViolation: (what, bytes) => violations.push(`${what}: ${bytes.toString('latin1')}`),
  });
  const start = async (): Promise<Gateway> => {
    const gateway = await startGatewayProcess({
      UPSTREAM_URL: upstream.url,
      API_KEYS: TEST_KEY,
      PRINCIPAL_SECRET,
      ...env,
    });
    return { ...gateway, port: Number(new URL(gateway.url).port) };
  };
  const gateways = await Promise.all(Array.from({ length: instances }, start));
  let turn = 0;
  return {
    gateways,
    upstream,
    requests,
    violations,
    reset(next = echo) {
      requests.length = 0;
      violations.length = 0;
      reply = next;
    },
    nextPort: () => gateways[(turn += 1) % gateways.length]?.port ?? 0,
    async stop() {
      await Promise.all(gateways.map((gateway) => gateway.stop('SIGKILL')));
      await upstream.stop();
    },
  };
}

/** Whether every instance still answers. */
export async function allLive({ gateways }: Fleet): Promise<boolean> {
  const answers = await Promise.all(gateways.map(({ url }) => fetch(`${url}/health/live`)));
  return answers.every(({ status }) => status === 200);
}
