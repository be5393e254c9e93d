import { z } from 'zod';
import { keyId, plainText } from './plain-text.ts';

/** A request that is only thought of. */
export const explainRequest = z.object({
  keyId,
  method: z
    .string()
    .regex(/^[A-Z]{3,10}$/)
    .default('GET'),
  /** Path without query. */
  path: z.string().startsWith('/').max(2_048),
  /** Address of the client; without one, address lists are not asked. */
  clientAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Instead of the key's own: what would happen with these. */
  scopes: z.array(plainText(200)).max(100).optional(),
});

/** One question of the decision, in the order in which a request meets them. */
export const explainStep = z.object({
  check: z.string(),
  outcome: z.enum(['passed', 'refused', 'not_asked']),
  detail: z.string(),
});

export const explainAnswer = z.object({
  decision: z.enum(['allowed', 'refused']),
  /** Status and code that the client would get; null when allowed. */
  status: z.number().int().nullable(),
  code: z.string().nullable(),
  /** Reason as the log would name it. */
  reason: z.string().nullable(),
  steps: z.array(explainStep),
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;
