import { z } from 'zod';

/**
 * Limits and quotas: the one description that the gateway enforces, keys and routes store, and the
 * console edits. What a limit counts is called a unit; a request costs `cost` units of it.
 */

/** Name of a limit: it appears in RateLimit headers, in metrics and in admin paths. */
export const limitIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,31}$/, 'must be a-z, 0-9, _ or -, start with a letter, at most 32');

/** Up to this many units the exact log is kept: one number per admitted unit. */
export const EXACT_LIMIT_MAX = 10_000;
/** Derived policies are exact up to here: 8 kB per subject at most. */
const EXACT_BY_DEFAULT_UP_TO = 1_000;
/** More than this per second can't be told apart in whole microseconds. */
const MAX_UNITS_PER_SECOND = 100_000;
const MAX_WINDOW_SECONDS = 31 * 24 * 3_600;
const US_PER_SECOND = 1_000_000;

/** Units that one request costs; whole, at least 1. */
const cost = z.int().min(1).max(1_000_000).default(1);

const limitFields = {
  id: limitIdSchema,
  /** Units per window. */
  limit: z.int().min(1).max(1_000_000_000),
  /** Length of the window in seconds. */
  windowSeconds: z.int().min(1).max(MAX_WINDOW_SECONDS),
  /**
   * What has a count of its own: every key, every identity (a key without one counts alone), every
   * route, every client address (IPv6: every /64), or all requests together.
   */
  scope: z.enum(['key', 'identity', 'route', 'global', 'ip']).default('key'),
  cost,
  /**
   * While the shared store is away: refuse (`closed`, 503), let through uncounted (`open`), or count
   * in each instance with the limit divided by the number of instances (`local`).
   */
  storeLoss: z.enum(['closed', 'open', 'local']).default('local'),
};

const exactPolicySchema = z.strictObject({
  /** Remembers every admitted unit: never more than `limit` in any window, all of it at once. */
  kind: z.literal('exact'),
  ...limitFields,
});

const ratePolicySchema = z.strictObject({
  /** Refills evenly (GCRA): one number per subject, whatever the limit. */
  kind: z.literal('rate'),
  ...limitFields,
  /** Units that may come at once; a tenth of the limit unless given. */
  burst: z.int().min(1).max(1_000_000_000).optional(),
  /** Refill slower, so that burst and refill together never exceed `limit` in any window. */
  hard: z.boolean().default(false),
});

/** One limit, checked: what can never admit anything, or can't be counted, is refused here. */
export const limitPolicySchema = z
  .discriminatedUnion('kind', [exactPolicySchema, ratePolicySchema])
  .superRefine((policy, context) => {
    for (const [path, message] of policyFaults(policy)) {
      context.addIssue({ code: 'custom', path: [path], message });
    }
  });
export type LimitPolicy = z.output<typeof limitPolicySchema>;
export type LimitPolicyInput = z.input<typeof limitPolicySchema>;
export type LimitScope = LimitPolicy['scope'];
export type StoreLoss = LimitPolicy['storeLoss'];

/** Units a calendar period, or for ever, may cost. The count is kept in Postgres. */
export const quotaPolicySchema = z
  .strictObject({
    id: limitIdSchema,
    period: z.enum(['day', 'month', 'total']),
    /** Units per period. */
    limit: z.int().min(1).max(1_000_000_000_000),
    scope: z.enum(['key', 'identity', 'route', 'global']).default('key'),
    cost,
    /** IANA name of the zone whose calendar the period follows; unused for `total`. */
    timeZone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'is not a time zone of the IANA database')
      .default('UTC'),
    /** While Postgres is away and the leased units are used up: refuse (503) or let through. */
    storeLoss: z.enum(['closed', 'open']).default('closed'),
  })
  .refine((quota) => quota.cost <= quota.limit, {
    path: ['cost'],
    error: 'a request costs more than the quota: it could never be admitted',
  });
export type QuotaPolicy = z.output<typeof quotaPolicySchema>;

/** Shares of a quota, in percent, at which the gateway raises an alert once per period. */
export const QUOTA_ALERT_PERCENTS = [80, 95] as const;

const uniqueIds = (items: readonly { id: string }[]): boolean =>
  new Set(items.map(({ id }) => id)).size === items.length;
const UNIQUE = 'two of them have the same id';

/** What a key, a route or the whole gateway is limited to; stored as JSON. */
export const limitSetSchema = z.strictObject({
  policies: z.array(limitPolicySchema).max(8).refine(uniqueIds, UNIQUE).default([]),
  quotas: z.array(quotaPolicySchema).max(4).refine(uniqueIds, UNIQUE).default([]),
});
export type LimitSet = z.output<typeof limitSetSchema>;

/** State of one limit for one subject, as the admin API shows it. */
export const limitStateSchema = z.object({
  policy: limitPolicySchema,
  /** Units that would be admitted now. */
  remaining: z.number(),
  /** Microseconds until a request would be admitted; 0 when it would be now. */
  waitUs: z.number(),
  /** Microseconds until nothing of the limit is used any more. */
  resetUs: z.number(),
  /** `local`: the count of the instance that answered, not that of all. */
  source: z.enum(['redis', 'local']),
});
export type LimitState = z.output<typeof limitStateSchema>;

/** State of one quota for one subject, as the admin API shows it. */
export const quotaStateSchema = z.object({
  quota: quotaPolicySchema,
  /** Units spent, as far as the instances have reported. */
  used: z.number(),
  /** Units spent or leased to an instance: no more than `limit` ever. */
  reserved: z.number(),
  /** Highest alert of this period in percent; 0 for none. */
  alertPercent: z.number(),
  /** ISO time of the reset; null for `total`. */
  resetsAt: z.string().nullable(),
});
export type QuotaState = z.output<typeof quotaStateSchema>;

/** Units that may come at once. */
export function burstOf(policy: LimitPolicy): number {
  if (policy.kind === 'exact') return policy.limit;
  return policy.burst ?? Math.ceil(policy.limit / 10);
}

/** Microseconds that one unit pays for (`rate`), rounded up so that a bound is never exceeded. */
export function intervalUsOf(policy: Extract<LimitPolicy, { kind: 'rate' }>): number {
  const perWindow = policy.hard ? policy.limit - burstOf(policy) + 1 : policy.limit;
  return Math.ceil((policy.windowSeconds * US_PER_SECOND) / perWindow);
}

/**
 * The most requests that any window of the policy's length can see, whatever the clients do. For a
 * plain `rate` that is more than the limit: show it beside the input.
 */
export function worstCasePerWindow(policy: LimitPolicy): number {
  if (policy.kind === 'exact') return Math.floor(policy.limit / policy.cost);
  const refilled = Math.ceil((policy.windowSeconds * US_PER_SECOND) / intervalUsOf(policy));
  return Math.floor((refilled + burstOf(policy) - 1) / policy.cost);
}

/**
 * The policy that a plain "n per minute" means: never more than n in any minute; exact while that is
 * cheap, above it evenly refilled with a tenth at once.
 */
export function perMinutePolicy(id: string, limit: number, rest: PerMinuteOptions): LimitPolicy {
  const kind = limit <= EXACT_BY_DEFAULT_UP_TO ? { kind: 'exact' } : { kind: 'rate', hard: true };
  return limitPolicySchema.parse({ id, limit, windowSeconds: 60, ...kind, ...rest });
}

export interface PerMinuteOptions {
  scope: LimitScope;
  storeLoss?: StoreLoss;
}

type Fault = readonly [path: string, message: string];

function policyFaults(policy: LimitPolicy): readonly Fault[] {
  const faults: Fault[] = [];
  if (policy.kind === 'exact' && policy.limit > EXACT_LIMIT_MAX) {
    faults.push(['limit', `an exact limit is at most ${EXACT_LIMIT_MAX}; use kind "rate"`]);
  }
  if (policy.limit > MAX_UNITS_PER_SECOND * Math.max(1, policy.windowSeconds)) {
    faults.push(['limit', `more than ${MAX_UNITS_PER_SECOND} per second can't be counted`]);
  }
  if (policy.kind === 'rate' && policy.hard && burstOf(policy) > policy.limit) {
    faults.push(['burst', 'a hard limit cannot let more through at once than the limit']);
  }
  if (policy.cost > burstOf(policy)) {
    faults.push(['cost', 'a request costs more than may come at once: it could never be admitted']);
  }
  return faults;
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // The engine throws a RangeError for a name it doesn't know.
    return false;
  }
}
