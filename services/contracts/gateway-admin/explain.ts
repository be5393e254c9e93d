import { z } from 'zod';
import { limitStateSchema, quotaStateSchema } from '../limits.ts';
import { keyId, plainText } from './plain-text.ts';

const scopes = z.array(plainText(300).min(1)).max(50);

/** A request that is only thought of; the key's secret is taken as right. */
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
  scopes: scopes.optional(),
});
export type ExplainRequest = z.output<typeof explainRequest>;

/** One question of the decision, in the order in which a request meets them. */
export const explainStep = z.object({
  check: z.string(),
  outcome: z.enum(['passed', 'refused', 'not_asked']),
});

export const explainAnswer = z.object({
  /** `forbidden`: the secret was right, the request is in none of the scopes. */
  decision: z.enum(['allowed', 'refused', 'forbidden', 'limited']),
  /** Status that the client would get; null when the upstream would be asked. */
  status: z.number().int().nullable(),
  /** Reason as logs and metrics name it; null when allowed. */
  reason: z.string().nullable(),
  steps: z.array(explainStep),
  /** What the limits say now; asking spends nothing. Empty when the key was refused before. */
  limits: z.array(limitStateSchema),
  quotas: z.array(quotaStateSchema),
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;

/** Scopes that somebody thinks of giving a key. */
export const scopeTrialRequest = z.object({ keyId, scopes: scopes.min(1) });

/** What the scopes would have meant for the last hour, by what was counted. */
export const scopeTrial = z.object({
  since: z.iso.datetime(),
  routes: z.array(
    z.object({
      route: z.string(),
      requests: z.number().int(),
      /** Methods that the scopes allow on this route. */
      allowedMethods: z.array(z.string()),
      wouldRefuse: z.number().int(),
      /** Nobody knows their method or, on an `unknown` route, their path. */
      uncertain: z.number().int(),
      /** Of the requests: all would pass, some of them, or none; `unknown`: the path was not counted. */
      verdict: z.enum(['all', 'some', 'none', 'unknown']),
    }),
  ),
  /** Requests of all routes that would have been refused for certain. */
  wouldRefuse: z.number().int(),
  uncertain: z.number().int(),
});
export type ScopeTrial = z.infer<typeof scopeTrial>;
