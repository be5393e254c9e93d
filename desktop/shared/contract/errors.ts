import { z } from 'zod';

/**
 * The closed list of error codes between page and main. Each has an entry in docs/errors.md and a
 * sentence in renderer/api/error-message.ts; a test compares the three lists.
 */
export const ERROR_CODES = [
  'BUILD_FAILED',
  'CANARY_ABORTED',
  'CANARY_NOT_RUNNING',
  'CANCELLED',
  'CONFIRMATION_REQUIRED',
  'CONFLICT',
  'CREDENTIALS_EXPIRED',
  'CREDENTIALS_INVALID',
  'CREDENTIALS_MISSING',
  'INTERNAL',
  'INVALID_INPUT',
  'KEY_NOT_FOUND',
  'KEY_READ_ONLY',
  'KEY_STORE_UNAVAILABLE',
  'OPERATION_NOT_FOUND',
  'OPERATION_QUEUE_FULL',
  'PERMISSION_DENIED',
  'PLAN_OUTDATED',
  'PREFLIGHT_FAILED',
  'RELEASE_NOT_FOUND',
  'REVISION_NOT_FOUND',
  'REVISION_NOT_READY',
  'ROLLOUT_IN_PROGRESS',
  'SERVICE_NOT_FOUND',
  'SERVICE_PINNED',
  'SETTINGS_UNWRITABLE',
  'SIGN_IN_FAILED',
  'SOURCE_NOT_FOUND',
  'TARGET_READ_ONLY',
  'TARGET_UNREACHABLE',
  'TIMEOUT',
  'TRAFFIC_SPLIT_INVALID',
  'UNSUPPORTED',
  'UPSTREAM_UNHEALTHY',
  'VERIFICATION_FAILED',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What every error carries beside its code and message. */
export const errorData = z.object({
  /** Can the same call succeed when it is made again? The client obeys this. */
  retryable: z.boolean(),
  /** What to do next, in one sentence. */
  nextStep: z.string(),
  /** Id of the log line with the details, for INTERNAL. */
  reference: z.string().optional(),
  /** What has to be typed to confirm the call, for CONFIRMATION_REQUIRED. */
  confirm: z
    .object({ challenge: z.string(), word: z.string(), of: z.enum(['target', 'key']) })
    .optional(),
});
export type ErrorData = z.infer<typeof errorData>;

const entry = { data: errorData };

/** The error map that every procedure of the contract declares. */
export const CONTRACT_ERRORS: Record<ErrorCode, { data: typeof errorData }> = {
  BUILD_FAILED: entry,
  CANARY_ABORTED: entry,
  CANARY_NOT_RUNNING: entry,
  CANCELLED: entry,
  CONFIRMATION_REQUIRED: entry,
  CONFLICT: entry,
  CREDENTIALS_EXPIRED: entry,
  CREDENTIALS_INVALID: entry,
  CREDENTIALS_MISSING: entry,
  INTERNAL: entry,
  INVALID_INPUT: entry,
  KEY_NOT_FOUND: entry,
  KEY_READ_ONLY: entry,
  KEY_STORE_UNAVAILABLE: entry,
  OPERATION_NOT_FOUND: entry,
  OPERATION_QUEUE_FULL: entry,
  PERMISSION_DENIED: entry,
  PLAN_OUTDATED: entry,
  PREFLIGHT_FAILED: entry,
  RELEASE_NOT_FOUND: entry,
  REVISION_NOT_FOUND: entry,
  REVISION_NOT_READY: entry,
  ROLLOUT_IN_PROGRESS: entry,
  SERVICE_NOT_FOUND: entry,
  SERVICE_PINNED: entry,
  SETTINGS_UNWRITABLE: entry,
  SIGN_IN_FAILED: entry,
  SOURCE_NOT_FOUND: entry,
  TARGET_READ_ONLY: entry,
  TARGET_UNREACHABLE: entry,
  TIMEOUT: entry,
  TRAFFIC_SPLIT_INVALID: entry,
  UNSUPPORTED: entry,
  UPSTREAM_UNHEALTHY: entry,
  VERIFICATION_FAILED: entry,
};
