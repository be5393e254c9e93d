import { z } from 'zod';

const counts = {
  requests: z.number().int(),
  /** Answers of 400 and above. */
  errors: z.number().int(),
  bytes: z.number().int(),
  durationMs: z.number(),
  /** Latency quantiles, interpolated in buckets; null when none was counted. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
};

export const usageQuery = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(24 * 31)
    .default(24)
    .describe('How far back'),
});

/** Use of a key; what is under way arrives within five seconds. */
export const keyUsage = z.object({
  keyId: z.string(),
  since: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  total: z.object(counts),
  /** By secret: an older one with no requests is safe to retire. */
  secrets: z.array(
    z.object({ no: z.number().int(), lastUsedAt: z.iso.datetime().nullable(), ...counts }),
  ),
  routes: z.array(z.object({ route: z.string(), ...counts })),
  /** By minute, oldest first; minutes without a request are left out. */
  minutes: z.array(z.object({ minute: z.iso.datetime(), ...counts })),
});
/** From where a key is used: IPv6 by its /64, agents by product and major version. */
const keySource = z.object({
  kind: z.enum(['address', 'agent']),
  name: z.string(),
  requests: z.number().int(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
});

export const keySources = z.object({
  keyId: z.string(),
  /** Latest first, at most 100 of each kind. */
  sources: z.array(keySource),
  /** `cidrs` that would let in all addresses seen here, and no others but their neighbours. */
  suggestedCidrs: z.array(z.string()),
});

export const hygieneQuery = z.object({
  days: z.coerce.number().int().min(1).max(31).default(30).describe('How long is unused'),
});

/** What about a key should be looked at; a closed list. */
export const hygieneKind = z.enum([
  'unused',
  'never_expires',
  'weak',
  'unused_scopes',
  'new_source',
  'error_spike',
]);

/** One finding, with the `PATCH /keys/:id` that would narrow the key; null when there is none. */
export const hygieneFinding = z.object({
  keyId: z.string(),
  name: z.string(),
  kind: hygieneKind,
  detail: z.string(),
  narrow: z
    .object({
      expiresAt: z.iso.datetime().optional(),
      scopes: z.array(z.string()).optional(),
      cidrs: z.array(z.string()).optional(),
    })
    .nullable(),
});
export type HygieneFinding = z.infer<typeof hygieneFinding>;

export const hygieneAnswer = z.object({
  findings: z.array(hygieneFinding),
  /** There is more: look again when these are dealt with. */
  truncated: z.boolean(),
});

export type KeyUsage = z.infer<typeof keyUsage>;
