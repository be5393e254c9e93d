import type { LimitPolicy, LimitSet, QuotaPolicy } from '@omni/contracts/limits.ts';
import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import type { Bucket } from './bucket.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { addressGroup } from './address-group.ts';

/** What the limiter must know of a key. Equal lists should be the same object: plans are kept by it. */
export interface LimitedKey {
  readonly id: string;
  readonly identity?: string | null;
  readonly rateLimitPerMinute: number | null;
  readonly limits?: readonly LimitPolicy[];
  readonly quotas?: readonly QuotaPolicy[];
}

/**
 * What the limiter must know of a route. One object per route and version of the configuration: a
 * request is limited by the version that it began with.
 */
export interface LimitedRoute {
  readonly id: string;
  readonly limitSet: LimitSet;
}

export const NO_LIMITS: LimitSet = { policies: [], quotas: [] };

/** Of requests that no route is known for. */
export const NO_ROUTE: LimitedRoute = { id: UNMATCHED_ROUTE, limitSet: NO_LIMITS };

/** One limit of a request, with the bucket it was counted in last time. */
export interface PlannedLimit {
  readonly rule: CompiledPolicy;
  /** Without the address of limits that count by it. */
  readonly bucketId: string;
  readonly byAddress: boolean;
  bucket: Bucket | undefined;
}

export interface PlannedQuota {
  readonly quota: QuotaPolicy;
  readonly counterId: string;
}

/** All that limits the requests of one key on one route, worked out once. */
export interface LimitPlan {
  readonly limits: readonly PlannedLimit[];
  readonly quotas: readonly PlannedQuota[];
  /** Value of RateLimit-Policy. */
  readonly policyHeader: string;
}

/**
 * Who owns a policy: two keys may both have one called "burst", and count apart. `per-minute` is the
 * limit that a key's plain number means: one of its own list may have the same name.
 */
export type LimitOwner =
  | { readonly kind: 'key' | 'per-minute'; readonly id: string }
  | { readonly kind: 'route'; readonly id: string }
  | { readonly kind: 'gateway' };

export interface LimitSubject {
  readonly key: LimitedKey;
  readonly routeId: string;
}

/**
 * Name of the count that a policy has for a subject: owner, policy, what it counts by. Kinds keep
 * different state, so a policy that changes its kind starts anew.
 */
export function countId(
  policy: LimitPolicy | QuotaPolicy,
  owner: LimitOwner,
  subject: LimitSubject,
): string {
  const kind = 'kind' in policy ? policy.kind : policy.period;
  return `${ownerTag(policy, owner)}/${policy.id}/${kind}/${subjectTag(policy.scope, subject)}`;
}

/** The bucket of a limit that counts by address; the id of every other one is fixed. */
export function bucketIdOf({ byAddress, bucketId }: PlannedLimit, address: string): string {
  return byAddress ? bucketId + addressGroup(address) : bucketId;
}

/** What counts beyond its owner is not owned: a limit of all keys of an identity, of all routes. */
function ownerTag({ scope }: { scope: string }, owner: LimitOwner): string {
  if (owner.kind === 'gateway') return 'gateway';
  if (owner.kind === 'route') return scope === 'global' ? 'routes' : `route:${owner.id}`;
  return scope === 'identity' || scope === 'global' ? 'keys' : `${owner.kind}:${owner.id}`;
}

function subjectTag(scope: LimitPolicy['scope'], { key, routeId }: LimitSubject): string {
  switch (scope) {
    case 'key':
      return `key:${key.id}`;
    case 'identity':
      return (key.identity ?? null) === null ? `key:${key.id}` : `identity:${key.identity}`;
    case 'route':
      return `route:${routeId}`;
    case 'ip':
      return 'ip:';
    case 'global':
      return 'all';
  }
}
