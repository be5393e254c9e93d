import type http from 'node:http';

/** One instance as the router sees it. */
export interface Upstream {
  readonly id: string;
  readonly port: number;
  readonly agent: http.Agent;
}

/** What the router needs from a revision: an instance with room, now or as soon as there is one. */
export interface UpstreamPool {
  readonly limits: { readonly requestTimeoutMs: number; readonly sessionAffinity: boolean };
  /** The instance of that id if it has room, else any. */
  take(preferred?: string): Upstream | null;
  /** Is this a ready instance of the revision? */
  holds(id: string): boolean;
  /** Rejects with NoInstance when waiting is hopeless, or with the signal's reason. */
  wait(signal: AbortSignal): Promise<Upstream>;
  release(upstream: Upstream): void;
  /** It cut or refused a new connection: it may be ending, ask others until that is clear. */
  suspect(upstream: Upstream): void;
}

/** Nothing can serve the request now; the router answers 503 (or 429) with Retry-After. */
export class NoInstance extends Error {
  readonly retryAfterS: number;
  readonly status: 429 | 503;

  constructor(message: string, retryAfterS: number, status: 429 | 503 = 503) {
    super(message);
    this.name = 'NoInstance';
    this.retryAfterS = retryAfterS;
    this.status = status;
  }
}
