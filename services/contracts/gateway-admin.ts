/**
 * The gateway's admin API, `/admin/v1`, JSON over HTTP with `Authorization: Bearer <token>`: the
 * shapes are in gateway-admin/, by theme; the gateway serves their OpenAPI document at
 * `/admin/v1/openapi.json` and a page to try them at `/admin/v1/docs`.
 *
 * Changes carry `Idempotency-Key`; changes of something that exists carry `If-Match` with the ETag
 * that the caller last saw. Errors are `problem` bodies, their codes are in docs/errors.md.
 */
export const ADMIN_PREFIX = '/admin/v1';

/** 16 to 128 characters, new for every change; repeating it repeats the answer, for 24 hours. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

/** Set when an answer is the one of an earlier, equal request. */
export const REPLAYED_HEADER = 'idempotency-replayed';

export * from './gateway-admin/keys.ts';
export * from './gateway-admin/roles.ts';
