import { z } from 'zod';
import type { ApiKey } from '../domain/api-key.ts';
import { mutate, mutateForGood, read } from './procedure.ts';

const apiKey: z.ZodType<ApiKey, ApiKey> = z.object({
  id: z.string(),
  name: z.string(),
  source: z.enum(['store', 'static']),
  environment: z.string(),
  prefix: z.string(),
  last4: z.string(),
  createdAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokeReason: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  rateLimitPerMinute: z.number().nullable(),
});

/** Also parsed by the form, so that both sides refuse the same input. */
export const createKeyInput = z.object({
  name: z.string().trim().min(1, 'Give the key a name.').max(80, 'At most 80 characters.'),
  environment: z.string().regex(/^[a-z]{2,8}$/, 'Two to eight small letters.'),
  expiresAt: z.iso.datetime().nullable(),
  rateLimitPerMinute: z
    .number()
    .int('A whole number.')
    .positive('At least 1.')
    .max(1_000_000)
    .nullable(),
});
export type CreateKeyInput = z.infer<typeof createKeyInput>;

export const keys = {
  list: read.output(z.array(apiKey)),
  /** The only answer that carries the secret; it is shown once and kept nowhere. */
  create: mutate.input(createKeyInput).output(z.object({ key: apiKey, secret: z.string() })),
  /** Refused by every gateway instance within a second. */
  revoke: mutateForGood
    .input(z.object({ id: z.string(), reason: z.string().max(200) }))
    .output(z.object({ key: apiKey })),
};
