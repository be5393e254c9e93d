import { z } from 'zod';
import { plainText } from './plain-text.ts';

const policyId = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'is not a name for a limit');

/** A rate limit of a key. */
export const keyLimit = z.object({
  /** Name in RateLimit headers, metrics and `/limits/{policy}`. */
  id: policyId,
  /** `exact` never admits more than the limit in any window; `rate` is a GCRA with a burst. */
  kind: z.enum(['exact', 'rate']),
  limit: z.number().int().positive().max(1_000_000_000),
  windowSeconds: z.number().int().positive().max(86_400),
  burst: z.number().int().positive().optional(),
  /** What holds while the shared store is away. */
  storeLoss: z.enum(['closed', 'open', 'local']).default('local'),
});

/** An amount per calendar period, counted over all instances and restarts. */
export const keyQuota = z.object({
  id: policyId,
  period: z.enum(['day', 'month', 'total']),
  limit: z.number().int().positive(),
  timeZone: z.string().max(64).default('UTC'),
});

/** `GET,POST /v1/models/*` (methods and a path pattern) or the name of a permission. */
const scope = plainText(300).min(1);
/** An address, or a range in CIDR notation, IPv4 or IPv6. */
const cidr = z.string().max(64);

/** Who may use a key for what, from where and how much. Empty lists do not restrict. */
export const keyPolicyFields = {
  scopes: z.array(scope).max(50),
  cidrs: z.array(cidr).max(50),
  limits: z.array(keyLimit).max(8),
  quotas: z.array(keyQuota).max(4),
  /** Accepted although the store could not be asked for longer than allowed. */
  failOpen: z.boolean(),
};

export const identity = plainText(120).min(1).nullable();
export const tags = z.array(plainText(64).min(1)).max(20);
