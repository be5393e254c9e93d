import { z } from 'zod';
import { partHealth } from './health.ts';

/** One loaded model version of the backend. */
export const modelSummary = z.object({
  name: z.string(),
  version: z.string(),
  state: z.enum(['loading', 'ready', 'failed']),
  reason: z.string().optional(),
  dims: z.number().int().optional(),
  maxTokens: z.number().int().optional(),
  sha256: z.string().optional(),
});
export type ModelSummary = z.infer<typeof modelSummary>;

/** Body of `GET /api/v1/omni/summary`. Durations in milliseconds, ratios 0..1. */
export const omniSummary = z.object({
  service: z.literal('backend'),
  version: z.string(),
  revision: z.string(),
  instance: z.string(),
  uptimeSeconds: z.number().nonnegative(),
  startup: z.array(z.object({ phase: z.string(), ms: z.number().nonnegative() })),
  models: z.array(modelSummary),
  lanes: z.object({ total: z.number().int(), ready: z.number().int(), restarts: z.number().int() }),
  queue: z.object({ depth: z.number().int(), limit: z.number().int() }),
  requests: z.object({
    windowSeconds: z.number(),
    count: z.number().int(),
    errorRatio: z.number().nullable(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
  }),
  dependencies: z.object({ database: partHealth, redis: partHealth }),
});
export type OmniSummary = z.infer<typeof omniSummary>;
