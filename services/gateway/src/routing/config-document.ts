import { limitIdSchema, limitPolicySchema } from '@omni/contracts/limits.ts';
import { z } from 'zod';
import { isForbiddenHost } from '../upstreams/address-guard.ts';
import { isPathPrefix } from './path-prefix.ts';

/**
 * The routing configuration: which request goes to which upstream, and how. JSON, checked as a
 * whole; unknown fields are errors, because a misspelt limit must not be no limit.
 */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be a lower-case name of at most 40 characters');

const ms = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodInt> =>
  z.int().min(min).max(max).default(fallback);

const upstreamUrl = z
  .url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
  .refine(hasNoExtras, 'must not carry credentials, a query or a fragment')
  .refine(hasAllowedHost, 'is a link-local address or a metadata service');

/** One address of an upstream. */
export const targetSchema = z.strictObject({
  /** Origin; a path in it is put before every request's path. TLS is always verified. */
  url: upstreamUrl,
  /** Share of the requests among the upstream's targets; 0 takes it out of the rotation. */
  weight: z.int().min(0).max(1_000).default(1),
});

/** When a target's circuit opens, and for how long. */
export const breakerSchema = z.strictObject({
  /** Opens when this share of the attempts failed ... */
  errorPercent: z.int().min(1).max(100).default(50),
  /** ... and there were at least so many ... */
  minRequests: z.int().min(1).max(100_000).default(20),
  /** ... within this time. */
  windowMs: ms(10_000, 1_000, 600_000),
  /** First time of being open; doubles with each probe that fails. */
  openMs: ms(5_000, 100, 600_000),
  maxOpenMs: ms(60_000, 100, 3_600_000),
  /**
   * Answers that count as failures beside broken connections and timeouts. Not 503 by default: one
   * endpoint that is not ready would close the door to all others.
   */
  failureStatuses: z.array(z.int().min(500).max(599)).max(20).default([502, 504]),
});

/** Where requests can go: targets that answer alike. */
export const upstreamSchema = z.strictObject({
  targets: z.array(targetSchema).min(1).max(32),
  /** `google-id-token`: behind Cloud Run IAM; the token goes into X-Serverless-Authorization. */
  auth: z.enum(['none', 'google-id-token']).default('none'),
  breaker: breakerSchema.prefault({}),
  /** To each target. */
  maxConnections: z.int().min(1).max(10_000).default(128),
  connectTimeoutMs: ms(2_000, 10, 60_000),
});

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const timeoutsSchema = z.strictObject({
  /** Until the head of the answer, from the end of the request; then 504. */
  headMs: ms(60_000, 1, 3_600_000),
  /** Until the end of the answer; not for event streams and WebSockets. */
  totalMs: ms(300_000, 1, 86_400_000),
  /** Longest silence within an answer, an event stream or a WebSocket. */
  idleMs: ms(60_000, 1, 86_400_000),
});

/** Which requests, where to, and under which conditions. */
export const routeSchema = z.strictObject({
  /** Label in metrics and logs. */
  id: z.string().regex(/^[A-Za-z0-9_./-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . / -'),
  /** Exact host name without port; without it the route serves every host. */
  host: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/, 'must be a lower-case host name without port')
    .optional(),
  /** Whole segments: `/api` means `/api` and `/api/x`, not `/apix`. The longest match wins. */
  pathPrefix: z
    .string()
    .refine(isPathPrefix, 'must be a plain path that starts with / and does not end with it'),
  /** Without them every method. A path whose routes lack the method answers 405. */
  methods: z.array(z.enum(METHODS)).min(1).optional(),
  upstream: name,
  /** Takes the prefix away before the request is sent on ... */
  stripPrefix: z.boolean().default(false),
  /** ... and puts this in front. */
  addPrefix: z.string().refine(isPathPrefix, 'must be a plain path such as /v2').optional(),
  timeouts: timeoutsSchema.prefault({}),
  bodyLimitBytes: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(10 * 1024 * 1024),
  /** `safe`: a failed attempt may be repeated when that can't do anything twice, within the budget. */
  retry: z.enum(['safe', 'never']).default('safe'),
  /** `required`: any valid key; with scopes: a key that has all of them. */
  auth: z
    .union([
      z.literal('required'),
      z.strictObject({ scopes: z.array(z.string().min(1).max(100)).min(1).max(20) }),
    ])
    .default('required'),
  /** Browser origins of this route; without it those of ALLOWED_ORIGINS. */
  cors: z.strictObject({ origins: z.array(z.string().min(1).max(255)).max(100) }).optional(),
  /** Ids of the document's limits that apply to every request of the route. */
  limits: z.array(limitIdSchema).max(8).default([]),
  /** Accepts GET and HEAD with a body, which most software does not expect. */
  allowGetBody: z.boolean().default(false),
  /** Exact paths below the route that get a label of their own in metrics and logs. */
  labels: z.array(z.string().startsWith('/').max(64)).max(50).default([]),
});

/** The whole document. `format` says how to read it; the version is given when it is applied. */
export const configDocumentSchema = z.strictObject({
  format: z.literal(1),
  upstreams: z.record(name, upstreamSchema),
  /** Limits that routes can name; by default each key has a count of its own on each route. */
  limits: z.array(limitPolicySchema).max(100).default([]),
  routes: z.array(routeSchema).min(1).max(1_000),
});

export type ConfigDocument = z.output<typeof configDocumentSchema>;
export type ConfigDocumentInput = z.input<typeof configDocumentSchema>;
export type RouteDocument = ConfigDocument['routes'][number];

function hasNoExtras(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, password, search, hash } = new URL(text);
  return `${username}${password}${search}${hash}` === '';
}

function hasAllowedHost(text: string): boolean {
  return !URL.canParse(text) || !isForbiddenHost(new URL(text).hostname);
}
