import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import { redact } from '@omni/kit/redact.ts';
import type { FastifyError, FastifyReply } from 'fastify';
import { ZodError } from 'zod';
import type { KeyRepositoryErrorCode } from '../../keys/key-repository.ts';
import { KeyRepositoryError } from '../../keys/key-repository.ts';
import { LimitStoreError } from '../../limit/limit-admin.ts';
import { ConfigChangeError } from '../../routing/config-repository.ts';

/** Everything that the admin API refuses with, in one place so that codes and words can be reviewed. */
export const ADMIN_ERRORS = {
  unauthorized: {
    status: 401,
    code: 'unauthorized',
    title: 'A valid admin credential is required',
  },
  role_denied: { status: 403, code: 'role_denied', title: 'The credential may not do this' },
  host_not_allowed: {
    status: 403,
    code: 'host_not_allowed',
    title: 'The admin API does not answer to this host name',
  },
  origin_not_allowed: {
    status: 403,
    code: 'origin_not_allowed',
    title: 'Pages of other origins may not call the admin API',
  },
  rate_limited: { status: 429, code: 'rate_limited', title: 'Too many requests to the admin API' },
  not_found: { status: 404, code: 'not_found', title: 'Not found' },
  invalid_request: {
    status: 400,
    code: 'invalid_request',
    title: 'The request is not acceptable',
  },
  idempotency_key_required: {
    status: 400,
    code: 'idempotency_key_required',
    title: 'Changes need an Idempotency-Key of 16 to 128 characters',
  },
  idempotency_key_reused: {
    status: 422,
    code: 'idempotency_key_reused',
    title: 'This Idempotency-Key belongs to another request',
  },
  secret_already_shown: {
    status: 409,
    code: 'secret_already_shown',
    title: 'The change was made and its secret shown once; it can not be shown again',
  },
  precondition_required: {
    status: 428,
    code: 'precondition_required',
    title: 'Changes of something that exists need If-Match with the ETag last seen',
  },
  version_mismatch: {
    status: 412,
    code: 'version_mismatch',
    title: 'Somebody else changed it meanwhile',
  },
  confirmation_mismatch: {
    status: 409,
    code: 'confirmation_mismatch',
    title: 'The count that was typed is not the number of keys',
  },
  key_not_found: { status: 404, code: 'key_not_found', title: 'No such key' },
  key_read_only: {
    status: 409,
    code: 'key_read_only',
    title: 'Keys of API_KEYS are changed by deploying a new revision',
  },
  key_state_conflict: {
    status: 409,
    code: 'key_state_conflict',
    title: 'The state of the key does not allow this change',
  },
  key_exists: { status: 409, code: 'key_exists', title: 'A key with this secret exists' },
  limit_store_unavailable: {
    status: 503,
    code: 'limit_store_unavailable',
    title: 'The store of limits is not available',
  },
  limit_not_found: { status: 404, code: 'limit_not_found', title: 'No such limit' },
  config_invalid: {
    status: 422,
    code: 'config_invalid',
    title: 'The configuration would not work',
  },
  config_version_not_found: {
    status: 404,
    code: 'config_version_not_found',
    title: 'There is no such version of the configuration',
  },
  config_conflict: {
    status: 412,
    code: 'config_conflict',
    title: 'A newer version of the configuration exists',
  },
  config_read_only: {
    status: 409,
    code: 'config_read_only',
    title: 'The configuration comes from a file and is changed there',
  },
  config_unavailable: {
    status: 503,
    code: 'config_unavailable',
    title: 'The store of the configuration is not available',
  },
  keystore_unavailable: {
    status: 503,
    code: 'keystore_unavailable',
    title: 'The key store is not available',
  },
  internal_error: { status: 500, code: 'internal_error', title: 'The gateway failed' },
} as const;
export type AdminErrorCode = keyof typeof ADMIN_ERRORS;

/** A refusal; the detail is for the caller and never carries a secret. */
export class AdminError extends Error {
  readonly code: AdminErrorCode;
  readonly detail: string | undefined;
  /** Further members of the problem body, for example the id of a key. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: AdminErrorCode, detail?: string, members: Record<string, unknown> = {}) {
    super(code);
    this.name = 'AdminError';
    this.code = code;
    this.detail = detail;
    this.members = members;
  }
}

/** Any failure of a route -> the refusal that the caller sees. */
export function toAdminError(error: unknown): AdminError {
  if (error instanceof AdminError) return error;
  if (error instanceof ZodError) return new AdminError('invalid_request', wordIssues(error));
  if (error instanceof KeyRepositoryError) {
    const code: KeyRepositoryErrorCode & AdminErrorCode = error.code;
    return new AdminError(code, error.message);
  }
  if (error instanceof ConfigChangeError) {
    return new AdminError(error.code, error.message, { problems: error.problems });
  }
  if (error instanceof LimitStoreError) return new AdminError(error.code, error.message);
  // Fastify's own: a body that is no JSON, too large, or of another type.
  const { statusCode } = error as Partial<FastifyError>;
  if (statusCode !== undefined && statusCode < 500)
    return new AdminError(statusCode === 404 ? 'not_found' : 'invalid_request');
  return new AdminError('internal_error');
}

/** Names fields and rules, never values: a value may be a secret in the wrong place. */
function wordIssues(error: ZodError): string {
  return error.issues
    .slice(0, 10)
    .map(({ path, message, code }) => {
      // The library's words repeat the names that it does not know.
      const words = code === 'unrecognized_keys' ? 'has a member that is not known' : message;
      return `${path.join('.') || 'body'}: ${words}`;
    })
    .join('; ');
}

/** Answers with a problem body. */
export function sendAdminError(reply: FastifyReply, error: AdminError): FastifyReply {
  const { status, code, title } = ADMIN_ERRORS[error.code];
  const requestId = String(reply.raw.getHeader('x-request-id'));
  if (code === 'unauthorized') reply.header('www-authenticate', 'Bearer realm="omni-admin"');
  const detail = error.detail === undefined ? undefined : redact(error.detail);
  const body = toProblem({ status, code, title, detail, requestId });
  return reply
    .status(status)
    .type(PROBLEM_TYPE)
    .send({ ...body, ...error.members });
}
