import type { PartHealth } from '@omni/contracts/health.ts';
import type { Dispatcher } from 'undici';
import type { Upstream } from '../proxy/upstream-pool.ts';
import { codeOf } from '../proxy/to-problem.ts';

const PERIOD_MS = 5_000;
const TIMEOUT_MS = 2_000;

/** What is known of the upstream, from a cheap probe and from the requests themselves. */
export interface UpstreamProbe {
  health: () => PartHealth;
  isUp: () => boolean;
  /** A proxied request reached the upstream, or could not. */
  report: (reachable: boolean) => void;
  /** First probe at once, then one every 5 s. */
  start: () => void;
  stop: () => void;
}

interface Finding {
  state: PartHealth['state'];
  reason?: string;
  latencyMs?: number;
}

/** Asks the upstream's `/health/ready`. Any answer proves that it is reachable; 5xx is degraded. */
export function createUpstreamProbe(upstream: Upstream): UpstreamProbe {
  let current: Finding = { state: 'starting', reason: 'Not probed yet' };
  let since = new Date();
  let timer: NodeJS.Timeout | undefined;
  const set = (finding: Finding): void => {
    if (finding.state !== current.state) since = new Date();
    current = finding;
  };
  const probe = (): void => {
    const startedAt = performance.now();
    upstream.pool.dispatch(probeOptions(upstream), {
      onRequestStart: () => undefined,
      onResponseStart: (_controller, status) =>
        set(toFinding(status, Math.round((performance.now() - startedAt) * 10) / 10)),
      onResponseData: () => undefined,
      onResponseEnd: () => undefined,
      onResponseError: (_controller, error) => set(down(codeOf(error) ?? error.message)),
    });
  };
  return {
    health: () => ({ ...current, since: since.toISOString() }),
    isUp: () => current.state === 'ok' || current.state === 'degraded',
    report(reachable) {
      if (!reachable) set(down('a request could not be delivered'));
      else if (current.state === 'down' || current.state === 'starting') set({ state: 'ok' });
    },
    start() {
      probe();
      timer = setInterval(probe, PERIOD_MS).unref();
    },
    stop: () => clearInterval(timer),
  };
}

function probeOptions(upstream: Upstream): Dispatcher.DispatchOptions {
  return {
    method: 'GET',
    path: `${upstream.prefix}/health/ready`,
    headers: ['host', upstream.host, 'user-agent', 'omni-gateway-probe'],
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  };
}

function toFinding(status: number, latencyMs: number): Finding {
  return status >= 500
    ? { state: 'degraded', reason: `Readiness answers ${status}`, latencyMs }
    : { state: 'ok', latencyMs };
}

function down(cause: string): Finding {
  return { state: 'down', reason: `The upstream is not reachable (${cause})` };
}
