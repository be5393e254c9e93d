import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { ApiError, GRPC } from '../model/api-error.ts';
import type { GrpcCode } from '../model/api-error.ts';
import type { Protos } from './protos.ts';

/** The model knows the numbers, the library wants its own enum. */
const STATUS: Readonly<Record<GrpcCode, status>> = {
  1: status.CANCELLED,
  3: status.INVALID_ARGUMENT,
  4: status.DEADLINE_EXCEEDED,
  5: status.NOT_FOUND,
  6: status.ALREADY_EXISTS,
  7: status.PERMISSION_DENIED,
  8: status.RESOURCE_EXHAUSTED,
  9: status.FAILED_PRECONDITION,
  10: status.ABORTED,
  13: status.INTERNAL,
  14: status.UNAVAILABLE,
  16: status.UNAUTHENTICATED,
};

const ERROR_DOMAIN = 'run.googleapis.com';

interface StatusParts {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `google.rpc.Status` with its machine-readable reason, as clients decode it. */
export function statusMessage(protos: Protos, error: StatusParts): Record<string, unknown> {
  const { code, message, reason, domain = ERROR_DOMAIN, metadata = {} } = error;
  const info = { reason, domain, metadata };
  return {
    code,
    message,
    details: reason === '' ? [] : [protos.pack('google.rpc.ErrorInfo', info)],
  };
}

/** Anything thrown by a handler, as the error that goes over the wire. */
export function toServiceError(protos: Protos, error: unknown): ServiceError {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(GRPC.internal, 'Internal error.', { reason: 'INTERNAL' });
  const { code, message } = known;
  const metadata = new Metadata();
  if (known.reason !== '')
    metadata.set(
      'grpc-status-details-bin',
      protos.encode('google.rpc.Status', statusMessage(protos, known)),
    );
  return Object.assign(new Error(message), { code: STATUS[code], details: message, metadata });
}
