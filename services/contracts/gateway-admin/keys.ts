import { z } from 'zod';
import { identity, keyPolicyFields, tags } from './key-policy.ts';
import { cursor, epoch, keyId, pageLimit, plainText, reason } from './plain-text.ts';

/** Where a key lives: `static` keys come from API_KEYS and can't be changed here. */
export const keySource = z.enum(['store', 'static']);

/** Computed at the time of the answer, so an expired key never shows as active. */
export const keyState = z.enum(['active', 'rotating', 'disabled', 'expired', 'revoked', 'deleted']);
export type KeyState = z.infer<typeof keyState>;

/** One of at most two secrets of a key; never the secret itself, never a digest. */
const keySecret = z.object({
  /** 1 for the first secret of a key, one more with every rotation. */
  no: z.number().int().positive(),
  last4: z.string(),
  lastUsedAt: z.iso.datetime().nullable(),
  /** End of the older secret of a rotation; null while nothing ends it. */
  notAfter: z.iso.datetime().nullable(),
});

const environment = z.string().regex(/^[a-z]{2,8}$/, 'must be 2 to 8 lower case letters');
const rateLimitPerMinute = z.number().int().positive().max(1_000_000).nullable();
const expiresAt = z.iso.datetime().nullable();

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
  expiresAt,
  revokedAt: z.iso.datetime().nullable(),
  revokeReason: z.string().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  /** Requests per minute, null = no limit. */
  rateLimitPerMinute: z.number().int().positive().nullable(),
  state: keyState,
  /** Raised by every change; `If-Match` takes it as `"v<version>"`, the answer's ETag. */
  version: z.number().int().nonnegative(),
  /** Whom the upstream is told about besides the id. */
  identity,
  tags,
  ...keyPolicyFields,
  disabledAt: z.iso.datetime().nullable(),
  deletedAt: z.iso.datetime().nullable(),
  /** Imported: its text does not fit the key grammar. */
  legacy: z.boolean(),
  /** Fewer than 128 bits of entropy, as far as can be told. */
  weak: z.boolean(),
  /** Current one first; a second one while a rotation overlaps. */
  secrets: z.array(keySecret),
});
export type KeyRecord = z.infer<typeof keyRecord>;

export const keyList = z.object({
  keys: z.array(keyRecord),
  epoch,
  /** Null on the last page. */
  nextCursor: z.string().nullable(),
});
export type KeyList = z.infer<typeof keyList>;

/** `GET /keys`: all conditions must hold; newest first, keys of API_KEYS last. */
export const listKeysQuery = z.object({
  state: keyState.optional().describe('Only keys in this state'),
  env: environment.optional().describe('Only keys of this environment'),
  tag: plainText(64).optional().describe('Only keys that carry this tag'),
  q: plainText(80).optional().describe('Part of the name, or the start of the id'),
  cursor: cursor.optional().describe('`nextCursor` of the page before'),
  limit: pageLimit(200).describe('Keys per page'),
});
export type ListKeysQuery = z.output<typeof listKeysQuery>;

export const createKeyRequest = z.object({
  name: plainText(80).min(1),
  environment: environment.default('live'),
  expiresAt: expiresAt.default(null),
  rateLimitPerMinute: rateLimitPerMinute.default(null),
  identity: identity.default(null),
  tags: tags.default([]),
  scopes: keyPolicyFields.scopes.default([]),
  cidrs: keyPolicyFields.cidrs.default([]),
  limits: keyPolicyFields.limits.default([]),
  quotas: keyPolicyFields.quotas.default([]),
  failOpen: z.boolean().default(false),
  reason,
});
export type CreateKeyRequest = z.input<typeof createKeyRequest>;

/** The only answer that ever carries the secret. */
export const createdKey = z.object({ key: keyRecord, secret: z.string(), epoch });
export type CreatedKey = z.infer<typeof createdKey>;

/** Members that are left out stay as they are. */
export const patchKeyRequest = z.strictObject({
  name: plainText(80).min(1).optional(),
  expiresAt: expiresAt.optional(),
  rateLimitPerMinute: rateLimitPerMinute.optional(),
  identity: identity.optional(),
  tags: tags.optional(),
  scopes: keyPolicyFields.scopes.optional(),
  cidrs: keyPolicyFields.cidrs.optional(),
  limits: keyPolicyFields.limits.optional(),
  quotas: keyPolicyFields.quotas.optional(),
  failOpen: z.boolean().optional(),
  reason,
});
export type PatchKeyRequest = z.input<typeof patchKeyRequest>;

/** A key after a change; the epoch is the one that instances must have reached to enforce it. */
export const changedKey = z.object({ key: keyRecord, epoch });
export type ChangedKeyAnswer = z.infer<typeof changedKey>;

/** Body of the changes that need no more than a reason. */
export const reasonRequest = z.object({ reason });

export type RevokeKeyRequest = z.input<typeof reasonRequest>;

export const rotateKeyRequest = z.object({
  /** The older secret works for this long, never longer than the key itself. */
  overlapSeconds: z
    .number()
    .int()
    .min(0)
    .max(90 * 86_400)
    .default(86_400),
  reason,
});

export const keyParams = z.object({ id: keyId });
