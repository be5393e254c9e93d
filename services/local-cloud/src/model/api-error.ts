/** gRPC status codes that local-cloud answers with. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export type GrpcCode = (typeof GRPC)[keyof typeof GRPC];

const RUN_DOMAIN = 'run.googleapis.com';

/** An error that a caller of the API may see: code, sentence, and a machine-readable reason. */
export class ApiError extends Error {
  readonly code: GrpcCode;
  /** Empty: the error goes out without details. */
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(code: GrpcCode, message: string, details: ErrorDetails) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.reason = details.reason;
    this.domain = details.domain ?? RUN_DOMAIN;
    this.metadata = details.metadata ?? {};
  }
}

export interface ErrorDetails {
  readonly reason: string;
  /** Who says so; Cloud Run itself when left out. */
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A field of the request is wrong; `field` is its path in the API's own spelling. */
export function invalidArgument(field: string, message: string): ApiError {
  return new ApiError(GRPC.invalidArgument, `${field}: ${message}`, {
    reason: 'INVALID_FIELD',
    metadata: { field },
  });
}

/** The named resource does not exist. */
export function notFound(name: string): ApiError {
  return new ApiError(GRPC.notFound, `Resource '${name}' was not found.`, {
    reason: 'RESOURCE_NOT_FOUND',
    metadata: { resource: name },
  });
}

/** The name is taken. */
export function alreadyExists(name: string, message?: string): ApiError {
  return new ApiError(GRPC.alreadyExists, message ?? `Resource '${name}' already exists.`, {
    reason: 'RESOURCE_ALREADY_EXISTS',
    metadata: { resource: name },
  });
}

/** The caller's etag is not the current one. */
export function etagConflict(name: string): ApiError {
  return new ApiError(
    GRPC.aborted,
    `Conflict for resource '${name}': the etag does not match the current version. Read it again.`,
    { reason: 'ETAG_MISMATCH', metadata: { resource: name } },
  );
}

/** The resource exists but its state forbids the call. */
export function failedPrecondition(name: string, message: string): ApiError {
  return new ApiError(GRPC.failedPrecondition, message, {
    reason: 'FAILED_PRECONDITION',
    metadata: { resource: name },
  });
}

/** The caller doesn't hold a permission: IAM's own words, which name it. */
export function permissionDenied(permission: string, resource: string): ApiError {
  return new ApiError(
    GRPC.permissionDenied,
    `Permission '${permission}' denied on resource '${resource}' (or resource may not exist).`,
    {
      reason: 'IAM_PERMISSION_DENIED',
      domain: 'iam.googleapis.com',
      metadata: { permission, resource },
    },
  );
}

/** A quota of the project is used up. */
export function quotaExceeded(metric: string, limit: number): ApiError {
  return new ApiError(
    GRPC.resourceExhausted,
    `Quota exceeded for quota metric '${metric}': the limit is ${limit}.`,
    {
      reason: 'RATE_LIMIT_EXCEEDED',
      domain: 'googleapis.com',
      metadata: { quota_metric: `run.googleapis.com/${metric}`, quota_limit_value: String(limit) },
    },
  );
}
