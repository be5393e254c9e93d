import { z } from 'zod';

/**
 * The gateway's admin API, `/admin/v1`, JSON over HTTP, `Authorization: Bearer <ADMIN_TOKEN>`.
 *
 * | call | request | answer |
 * |---|---|---|
 * | `GET /keys` | | 200 `keyList` |
 * | `POST /keys` | `createKeyRequest` | 201 `createdKey` (`Cache-Control: no-store`) |
 * | `POST /keys/{id}/revoke` | `revokeKeyRequest` | 200 `revokedKey` |
 *
 * Errors are `problem` bodies: 401 `unauthorized`, 404 `key_not_found`, 409 `key_read_only`,
 * 400 `invalid_request`, 503 `keystore_unavailable`.
 */
export const ADMIN_PREFIX = '/admin/v1';

/** Where a key lives: `static` keys come from API_KEYS and can't be changed here. */
export const keySource = z.enum(['store', 'static']);

/** A key as the admin API shows it. Never a secret, never a digest. Times are ISO 8601. */
export const keyRecord = z.object({
  id: z.string(),
  name: z.string(),
  source: keySource,
  environment: z.string(),
  /** Visible start of the key, for example `omni_live_`. */
  prefix: z.string(),
  last4: z.string(),
  createdAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  revokeReason: z.string().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  /** Requests per minute, null = no limit. */
  rateLimitPerMinute: z.number().int().positive().nullable(),
});
export type KeyRecord = z.infer<typeof keyRecord>;

export const keyList = z.object({ keys: z.array(keyRecord), epoch: z.number().int() });
export type KeyList = z.infer<typeof keyList>;

export const createKeyRequest = z.object({
  name: z.string().trim().min(1).max(80),
  environment: z
    .string()
    .regex(/^[a-z]{2,8}$/)
    .default('live'),
  expiresAt: z.iso.datetime().nullable().default(null),
  rateLimitPerMinute: z.number().int().positive().max(1_000_000).nullable().default(null),
});
export type CreateKeyRequest = z.input<typeof createKeyRequest>;

/** The only answer that ever carries the secret. */
export const createdKey = z.object({ key: keyRecord, secret: z.string() });
export type CreatedKey = z.infer<typeof createdKey>;

export const revokeKeyRequest = z.object({ reason: z.string().trim().max(200).default('') });
export type RevokeKeyRequest = z.input<typeof revokeKeyRequest>;

export const revokedKey = z.object({ key: keyRecord, epoch: z.number().int() });
export type RevokedKey = z.infer<typeof revokedKey>;
