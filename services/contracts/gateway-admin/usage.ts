import { z } from 'zod';

const counts = {
  requests: z.number().int(),
  /** Answers of 400 and above. */
  errors: z.number().int(),
  bytes: z.number().int(),
  durationMs: z.number(),
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
export type KeyUsage = z.infer<typeof keyUsage>;
