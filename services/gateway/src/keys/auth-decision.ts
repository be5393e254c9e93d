import type { LimitPolicy, QuotaPolicy } from '@omni/contracts/limits.ts';
import type { KeyLoad } from './key-load.ts';
import type { UsageCounter } from './usage-counter.ts';

/** Why a key was refused; goes to metrics and logs, never to the client. */
export type AuthFailure =
  | 'missing'
  | 'malformed'
  | 'unknown'
  | 'bad_secret'
  | 'revoked'
  | 'disabled'
  | 'deleted'
  | 'expired'
  | 'environment'
  | 'ip'
  | 'scope';

export const AUTH_FAILURES: readonly AuthFailure[] = [
  'missing',
  'malformed',
  'unknown',
  'bad_secret',
  'revoked',
  'disabled',
  'deleted',
  'expired',
  'environment',
  'ip',
  'scope',
];

/** What a decision needs to know of a request; a `RequestScope` is one. */
export interface AuthSubject {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly clientAddress: string;
}

/**
 * A key that was accepted, with what the rest of the gateway needs of it. One object per key and
 * secret for as long as nothing changes, so it can also be the place for what others remember.
 */
export interface AcceptedKey {
  readonly id: string;
  readonly source: 'store' | 'static';
  readonly environment: string;
  readonly identity: string | null;
  readonly scopes: readonly string[];
  readonly rateLimitPerMinute: number | null;
  readonly limits: readonly LimitPolicy[];
  readonly quotas: readonly QuotaPolicy[];
  /** Which of the key's secrets it was; 1 is the first one. */
  readonly secretNo: number;
  /** Counts of this process that were not written yet. */
  readonly usage: UsageCounter;
  readonly load: KeyLoad;
}

export type AuthDecision =
  | { readonly kind: 'allowed'; readonly key: AcceptedKey }
  /** Answer: the 401 that is the same for all of them. */
  | { readonly kind: 'refused'; readonly reason: AuthFailure; readonly keyId?: string }
  /** The secret was right, the request is in none of the key's scopes. Answer: 403 with `needed`. */
  | {
      readonly kind: 'forbidden';
      readonly reason: 'scope';
      readonly keyId: string;
      /** Method and path, as a scope would name them. */
      readonly needed: string;
    }
  /** The store could not be confirmed lately: neither yes nor no. */
  | { readonly kind: 'stale' };
