import { z } from 'zod';
import { epoch, reason } from './plain-text.ts';

/**
 * Where keys come from: `env` is the text of API_KEYS (or any paste, one key per line), `csv` has
 * the columns of docs, `kong` a deck file (YAML or JSON) or the admin API's keyauth_credentials,
 * `unkey` and `litellm` their JSON exports with SHA-256 hashes.
 */
export const importFormat = z.enum(['env', 'csv', 'kong', 'unkey', 'litellm']);
export type ImportFormat = z.infer<typeof importFormat>;

/** One megabyte is about 10,000 keys. */
export const importRequest = z.object({
  format: importFormat,
  text: z.string().min(1).max(1_000_000),
  environment: z
    .string()
    .regex(/^[a-z]{2,8}$/)
    .default('live'),
  /** A dry run tells what would happen and changes nothing. */
  dryRun: z.boolean().default(true),
  reason,
});

export const importAction = z.enum(['create', 'exists', 'duplicate', 'invalid']);

export const importRow = z.object({
  /** Line or item of the text, from 1. */
  position: z.number().int().positive(),
  name: z.string(),
  action: importAction,
  /** Id of the key that was made, or that has this secret already. */
  id: z.string().nullable(),
  /** How the secret was given; a hashed one is upgraded to an HMAC on its first use. */
  secret: z.enum(['plain', 'sha256']),
  /** Upper bound of the entropy, null for a hashed secret. */
  bits: z.number().int().nullable(),
  /** Below 128 bits: replace it soon. */
  weak: z.boolean(),
  expiresAt: z.iso.datetime().nullable(),
  rateLimitPerMinute: z.number().int().positive().nullable(),
  /** Why a row is invalid, or what of it can't be kept. Never the secret. */
  note: z.string(),
});
export type ImportRow = z.infer<typeof importRow>;

export const importAnswer = z.object({
  dryRun: z.boolean(),
  rows: z.array(importRow),
  created: z.number().int(),
  weak: z.number().int(),
  duplicates: z.number().int(),
  invalid: z.number().int(),
  epoch,
});
export type ImportAnswer = z.infer<typeof importAnswer>;
