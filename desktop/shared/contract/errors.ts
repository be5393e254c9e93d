import { z } from 'zod';

/**
 * The closed list of error codes between page and main. Each has an entry in docs/errors.md and a
 * sentence in renderer/api/error-message.ts; a test compares the three lists.
 */
export const ERROR_CODES = [
  'BUILD_FAILED',
  'CANCELLED',
  'CONFLICT',
  'INTERNAL',
  'INVALID_INPUT',
  'KEY_NOT_FOUND',
  'KEY_READ_ONLY',
  'KEY_STORE_UNAVAILABLE',
  'OPERATION_NOT_FOUND',
  'OPERATION_QUEUE_FULL',
  'PERMISSION_DENIED',
  'REVISION_NOT_FOUND',
  'REVISION_NOT_READY',
  'SERVICE_NOT_FOUND',
  'SETTINGS_UNWRITABLE',
  'SOURCE_NOT_FOUND',
  'TARGET_READ_ONLY',
  'TARGET_UNREACHABLE',
  'TIMEOUT',
  'TRAFFIC_SPLIT_INVALID',
  'UNSUPPORTED',
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
});
export type ErrorData = z.infer<typeof errorData>;

const entry = { data: errorData };

/** The error map that every procedure of the contract declares. */
export const CONTRACT_ERRORS: Record<ErrorCode, { data: typeof errorData }> = {
  BUILD_FAILED: entry,
  CANCELLED: entry,
  CONFLICT: entry,
  INTERNAL: entry,
  INVALID_INPUT: entry,
  KEY_NOT_FOUND: entry,
  KEY_READ_ONLY: entry,
  KEY_STORE_UNAVAILABLE: entry,
  OPERATION_NOT_FOUND: entry,
  OPERATION_QUEUE_FULL: entry,
  PERMISSION_DENIED: entry,
  REVISION_NOT_FOUND: entry,
  REVISION_NOT_READY: entry,
  SERVICE_NOT_FOUND: entry,
  SETTINGS_UNWRITABLE: entry,
  SOURCE_NOT_FOUND: entry,
  TARGET_READ_ONLY: entry,
  TARGET_UNREACHABLE: entry,
  TIMEOUT: entry,
  TRAFFIC_SPLIT_INVALID: entry,
  UNSUPPORTED: entry,
  VERIFICATION_FAILED: entry,
};
