import Pool from 'undici/lib/dispatcher/pool.js';
import type { Dispatcher } from 'undici';
import { Http1Client } from '../http1/http1-client.ts';
import type { UpstreamClient } from '../http1/upstream-client.ts';
import { retryVerdict } from '../upstreams/retry-rule.ts';
import type { RouteSettings, UpstreamTarget } from '../upstreams/upstream-target.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** Longest silence inside an answer; event streams send a comment more often than that. */
const IDLE_TIMEOUT_MS = 300_000;
const NO_HEADERS: readonly string[] = [];

/** Where requests go: connections, the path prefix of UPSTREAM_URL, and its host. */
export interface Upstream {
  /** For probes, off the data path. */
  readonly pool: Dispatcher;
  readonly client: UpstreamClient;
  readonly prefix: string;
  readonly host: string;
}

/** The one upstream of UPSTREAM_URL. TLS is verified, redirects are not followed. */
export function createUpstream(url: string): Upstream {
  const { origin, pathname, host } = new URL(url);
  const pool = new Pool(origin, {
    connections: 1,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
  return { pool, client: new Http1Client(origin), prefix: pathname.replace(/\/+$/, ''), host };
}

/** The route of a gateway with one upstream. */
export function singleRoute(
  upstream: Upstream,
  options: { name: string; headTimeoutMs: number; bodyLimitBytes: number },
  reachable: (reachable: boolean) => void,
): RouteSettings {
  const target: UpstreamTarget = {
    name: options.name,
    client: upstream.client,
    prefix: upstream.prefix,
    host: upstream.host,
    headers: () => NO_HEADERS,
    report: (_status, error) =>
      reachable(error !== 'UPSTREAM_UNREACHABLE' && error !== 'UPSTREAM_CONNECT_TIMEOUT'),
    ended: () => undefined,
  };
  return {
    headTimeoutMs: options.headTimeoutMs,
    idleTimeoutMs: IDLE_TIMEOUT_MS,
    totalTimeoutMs: 0,
    bodyLimitBytes: options.bodyLimitBytes,
    rewrite: (path) => path,
    pick: () => target,
    retry: (failed) => (retryVerdict(failed) === 'any_target' ? target : null),
  };
}
