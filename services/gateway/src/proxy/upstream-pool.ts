import Pool from 'undici/lib/dispatcher/pool.js';
import type { Dispatcher } from 'undici';

const CONNECTIONS = 128;
const CONNECT_TIMEOUT_MS = 2_000;
/** Longest silence inside an answer; event streams send a comment more often than that. */
const IDLE_TIMEOUT_MS = 300_000;

/** Where requests go: the pool, the path prefix of UPSTREAM_URL, and its host. */
export interface Upstream {
  readonly pool: Dispatcher;
  readonly prefix: string;
  readonly host: string;
}

/**
 * Connections to the one upstream. TLS is verified (undici's default, never overridden), redirects
 * are not followed, nothing is pipelined.
 */
export function createUpstream(url: string, timeoutMs: number): Upstream {
  const { origin, pathname, host } = new URL(url);
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: timeoutMs,
    bodyTimeout: IDLE_TIMEOUT_MS,
  });
  return { pool, prefix: pathname.replace(/\/+$/, ''), host };
}
