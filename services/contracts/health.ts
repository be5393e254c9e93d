import { z } from 'zod';

/** State of one part. `not_configured` is not a fault: the part is optional and absent. */
export const partState = z.enum(['ok', 'degraded', 'down', 'starting', 'not_configured']);
export type PartState = z.infer<typeof partState>;

/** One part of a service as `/api/health` reports it. */
export const partHealth = z.object({
  state: partState,
  /** Why it is not ok, in one sentence for an operator; absent when ok. */
  reason: z.string().optional(),
  /** ISO time since when the part has been in this state. */
  since: z.iso.datetime(),
  /** Duration of the last check in milliseconds, where one was made. */
  latencyMs: z.number().nonnegative().optional(),
  /** Short facts for the screen, for example `{pool: '2 of 10'}`. Never a secret. */
  facts: z.record(z.string(), z.string()).optional(),
});
export type PartHealth = z.infer<typeof partHealth>;

/** Body of `GET /api/health` of the backend: 200 when healthy or degraded, else 503. */
export const backendHealth = z.object({
  status: z.enum(['healthy', 'degraded', 'starting', 'unhealthy']),
  version: z.string(),
  revision: z.string(),
  services: z.object({
    api: partHealth,
    database: partHealth,
    redis: partHealth,
    ai: partHealth,
  }),
});
export type BackendHealth = z.infer<typeof backendHealth>;

/** Body of `GET /health` of the gateway: 200 when healthy or degraded, else 503. */
export const gatewayHealth = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  version: z.string(),
  revision: z.string(),
  services: z.object({
    proxy: partHealth,
    upstream: partHealth,
    keystore: partHealth,
  }),
});
export type GatewayHealth = z.infer<typeof gatewayHealth>;
