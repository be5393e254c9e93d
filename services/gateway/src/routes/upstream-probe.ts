import type { PartHealth } from '@omni/contracts/health.ts';
import type { ResponseHandler, UpstreamRequest } from '../http1/upstream-client.ts';
import type { Target } from '../upstreams/target.ts';
import type { Upstream } from '../upstreams/upstream.ts';

const PERIOD_MS = 5_000;
const TIMEOUT_MS = 2_000;

/** Asks the upstreams how they are, and tells. */
export interface UpstreamProbe {
  health: () => PartHealth;
  /** First probe at once, then one every 5 s. */
  start: () => void;
  stop: () => void;
}

/**
 * Sends `GET /health/ready` to every target of the configuration in force. Any answer proves that the
 * target is reachable; requests report too (`TargetHealth`).
 */
export function createUpstreamProbe(upstreams: () => Iterable<Upstream>): UpstreamProbe {
  let timer: NodeJS.Timeout | undefined;
  const probeAll = (): void => {
    for (const upstream of upstreams()) {
      const prepared = upstream.prepare();
      if (prepared === null) upstream.targets.forEach(probe);
      // Never rejects; without a token the answer will say so.
      else prepared.then(() => upstream.targets.forEach(probe)).catch(() => undefined);
    }
  };
  return {
    health: () => overall([...upstreams()].flatMap(({ targets }) => targets)),
    start() {
      probeAll();
      timer = setInterval(probeAll, PERIOD_MS).unref();
    },
    stop: () => clearInterval(timer),
  };
}

function probe(target: Target): void {
  const startedAt = performance.now();
  const request: UpstreamRequest = {
    method: 'GET',
    path: `${target.prefix}/health/ready`,
    headers: ['host', target.host, 'user-agent', 'omni-gateway-probe', ...target.headers()],
    body: null,
    bodyLength: undefined,
    headTimeoutMs: TIMEOUT_MS,
    idleTimeoutMs: TIMEOUT_MS,
    totalTimeoutMs: 2 * TIMEOUT_MS,
  };
  const handler: ResponseHandler = {
    onInformational: () => undefined,
    onHead: (status) =>
      target.health.probed(status, Math.round((performance.now() - startedAt) * 10) / 10),
    onData: () => true,
    onReadEnd: () => undefined,
    onEnd: () => undefined,
    onError({ code }) {
      // All connections are busy with requests, which report themselves; or it is being closed.
      if (code.startsWith('UPSTREAM_QUEUE') || code === 'UPSTREAM_CLOSED') return;
      target.health.probeFailed(code);
    },
  };
  target.client.send(request, handler);
}

/** One state of all: down only when nobody is up. */
function overall(targets: readonly Target[]): PartHealth {
  const all = targets.map(({ health }) => health.get());
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  const since = new Date(Math.max(...all.map((each) => Date.parse(each.since)))).toISOString();
  const count = (state: PartHealth['state']): number =>
    all.filter((each) => each.state === state).length;
  const facts = { targets: String(all.length), up: String(count('ok') + count('degraded')) };
  if (count('ok') === all.length) return { state: 'ok', since, facts };
  if (count('starting') === all.length) {
    return { state: 'starting', reason: 'Not probed yet', since, facts };
  }
  const down = count('down');
  const reason =
    down > 0 ? `${down} of ${all.length} targets are not reachable` : 'Not every target is ready';
  return { state: down === all.length ? 'down' : 'degraded', reason, since, facts };
}
