import { z } from 'zod';

/** A failure of Google's, whether it came by gRPC or as JSON. */
export interface GoogleError {
  /** gRPC status number, null when it is none of Google's. */
  readonly code: number | null;
  /** The platform's own words without gRPC's `14 UNAVAILABLE: `. */
  readonly reason: string;
  /** `google.rpc.ErrorInfo.reason`, for example SERVICE_DISABLED. */
  readonly info: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** `env[0].name: must be set`, one per field that was refused. */
  readonly violations: readonly string[];
}

/** gRPC status numbers (https://grpc.io/docs/guides/status-codes). */
export const GRPC_STATUS = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The same by the names that JSON errors give them: several of them share one HTTP status. */
const OF_NAME: ReadonlyMap<string, number> = new Map(
  Object.entries(GRPC_STATUS).map(([name, code]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
    code,
  ]),
);

/** What an HTTP status means where the body doesn't say it (google/rpc/code.proto). */
const OF_HTTP: Readonly<Record<number, number>> = {
  400: GRPC_STATUS.invalidArgument,
  401: GRPC_STATUS.unauthenticated,
  403: GRPC_STATUS.permissionDenied,
  404: GRPC_STATUS.notFound,
  409: GRPC_STATUS.aborted,
  412: GRPC_STATUS.failedPrecondition,
  429: GRPC_STATUS.resourceExhausted,
  501: GRPC_STATUS.unimplemented,
  503: GRPC_STATUS.unavailable,
  504: GRPC_STATUS.deadlineExceeded,
};

const texts = z.record(z.string(), z.string());
/** An entry of `details`: ErrorInfo, BadRequest, or one that says nothing to the console. */
const detail = z.looseObject({
  reason: z.string().optional().catch(undefined),
  metadata: texts.optional().catch(undefined),
  fieldViolations: z
    .array(z.looseObject({ field: z.string().default(''), description: z.string().default('') }))
    .optional()
    .catch(undefined),
});
const thrown = z.looseObject({
  code: z.number().nullable().catch(null),
  details: z.string().optional().catch(undefined),
  message: z.string().default(''),
  reason: z.string().optional().catch(undefined),
  errorInfoMetadata: texts.optional().catch(undefined),
  statusDetails: z.array(detail).catch([]),
});

/** The body of a failed JSON call: `{"error": {code, message, status, details}}`. */
const httpBody = z.object({
  error: z.looseObject({
    message: z.string().default(''),
    status: z.string().optional(),
    details: z.array(detail).catch([]),
    // Cloud Storage's own form has the cause here.
    errors: z.array(z.looseObject({ reason: z.string().optional() })).catch([]),
  }),
});

const NO_INFO: z.infer<typeof detail> = {};
const NO_BODY: z.infer<typeof httpBody>['error'] = { message: '', details: [], errors: [] };

/** A JSON call that failed. */
export class GoogleHttpError extends Error {
  readonly code: number | null;
  readonly status: number;
  readonly reason: string | undefined;
  readonly errorInfoMetadata: Readonly<Record<string, string>> | undefined;
  readonly statusDetails: readonly unknown[];

  constructor(status: number, body: unknown) {
    const said = httpBody.safeParse(body).data?.error ?? NO_BODY;
    const { message, details, errors } = said;
    super(message || `HTTP ${String(status)}`);
    this.name = 'GoogleHttpError';
    this.status = status;
    this.code = OF_NAME.get(said.status ?? '') ?? codeOfHttp(status);
    const info = details.find(({ reason }) => reason !== undefined) ?? NO_INFO;
    this.reason = info.reason ?? errors[0]?.reason;
    this.errorInfoMetadata = info.metadata;
    this.statusDetails = details;
  }
}

function codeOfHttp(status: number): number | null {
  return OF_HTTP[status] ?? (status >= 500 ? GRPC_STATUS.unavailable : null);
}

/** Takes apart whatever a client threw. */
export function readGoogleError(error: unknown): GoogleError {
  const { data } = thrown.safeParse(typeof error === 'string' ? { message: error } : error);
  if (data === undefined) {
    return { code: null, reason: String(error), info: null, metadata: {}, violations: [] };
  }
  const violations = data.statusDetails.flatMap(({ fieldViolations }) => fieldViolations ?? []);
  return {
    code: data.code,
    reason: (data.details || messageOf(error, data.message)).replace(/^\d+ [A-Z_]+: /, ''),
    info: data.reason ?? null,
    metadata: data.errorInfoMetadata ?? {},
    violations: violations.map(({ field, description }) => `${field}: ${description}`),
  };
}

/** `message` of an Error isn't enumerable, but it is there. */
function messageOf(error: unknown, parsed: string): string {
  return error instanceof Error ? error.message : parsed || String(error);
}

/** gRPC status of an error, null when it is none. */
export function grpcCode(error: unknown): number | null {
  return readGoogleError(error).code;
}

/**
 * May the platform have done what it was asked although no answer came? Then the caller looks
 * before it asks again.
 */
export function answerWasLost(error: unknown): boolean {
  const code = grpcCode(error);
  return code === GRPC_STATUS.unavailable || code === GRPC_STATUS.deadlineExceeded;
}

/** Somebody else wrote between the read and the write. */
export function isWriteConflict(error: unknown): boolean {
  const code = grpcCode(error);
  return code === GRPC_STATUS.aborted || code === GRPC_STATUS.failedPrecondition;
}

/** What was to be made is there: a JSON call says 409 for it. */
export function isThereAlready(error: unknown): boolean {
  return error instanceof GoogleHttpError && error.status === 409;
}
