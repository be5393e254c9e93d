import type { onRequestHookHandler } from 'fastify';
import { HttpError } from '../routes/http-error.ts';

const MAX_ADDRESSES = 10_000;
/** Share of a minute's allowance that may come at once. */
const BURST_SECONDS = 10;
/** Below this a wait is only the rounding of the sums. */
const ROUNDING_MS = 0.001;

/**
 * A simple limit per address (generic cell rate algorithm: one number each), for the service without
 * a gateway in front. The table is bounded: when full, the address seen longest ago is forgotten.
 */
export class AddressLimit {
  readonly #emissionMs: number;
  readonly #toleranceMs: number;
  readonly #fullAt = new Map<string, number>();

  constructor(perMinute: number) {
    this.#emissionMs = 60_000 / perMinute;
    this.#toleranceMs = Math.max(this.#emissionMs, BURST_SECONDS * 1_000);
  }

  /** Milliseconds until the address may call again; 0 when this call is let through. */
  check(address: string, nowMs: number): number {
    const tat = Math.max(nowMs, this.#fullAt.get(address) ?? 0) + this.#emissionMs;
    const waitMs = tat - this.#toleranceMs - nowMs;
    if (waitMs > ROUNDING_MS) return waitMs;
    this.#fullAt.delete(address);
    this.#fullAt.set(address, tat);
    if (this.#fullAt.size > MAX_ADDRESSES) {
      const oldest = this.#fullAt.keys().next();
      if (oldest.done !== true) this.#fullAt.delete(oldest.value);
    }
    return 0;
  }
}

/** Refuses an address that calls too often; open routes (health, metrics) are let through. */
export function createAddressGuard(perMinute: number): onRequestHookHandler {
  const limit = new AddressLimit(perMinute);
  return (request, _reply, done) => {
    const open = request.routeOptions.config.access === 'open';
    const waitMs = open ? 0 : limit.check(request.ip, performance.now());
    done(waitMs === 0 ? undefined : tooMany(waitMs));
  };
}

function tooMany(waitMs: number): HttpError {
  return new HttpError(429, {
    code: 'rate_limited',
    title: 'Too many requests from this address',
    retryAfterSeconds: Math.ceil(waitMs / 1_000),
  });
}
