import { Metadata, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { ApiError, GRPC } from '../model/api-error.ts';
import type { GrpcCode } from '../model/api-error.ts';
import type { Protos } from './protos.ts';

/** The model knows the numbers, the library wants its own enum. */
const STATUS: Readonly<Record<GrpcCode, status>> = {
  1: status.CANCELLED,
  3: status.INVALID_ARGUMENT,
  5: status.NOT_FOUND,
  6: status.ALREADY_EXISTS,
  7: status.PERMISSION_DENIED,
  9: status.FAILED_PRECONDITION,
  10: status.ABORTED,
  13: status.INTERNAL,
  14: status.UNAVAILABLE,
  16: status.UNAUTHENTICATED,
};

const ERROR_DOMAIN = 'run.googleapis.com';

/** `google.rpc.Status` with its machine-readable reason, as clients decode it. */
export function statusMessage(
  protos: Protos,
  error: { code: number; message: string; reason: string; metadata?: Record<string, string> },
): Record<string, unknown> {
  const { code, message, reason, metadata = {} } = error;
  const info = { reason, domain: ERROR_DOMAIN, metadata };
  return { code, message, details: [protos.pack('google.rpc.ErrorInfo', info)] };
}

/** Anything thrown by a handler, as the error that goes over the wire. */
export function toServiceError(protos: Protos, error: unknown): ServiceError {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(GRPC.internal, 'Internal error.', { reason: 'INTERNAL' });
  const { code, message, reason, metadata: details } = known;
  const metadata = new Metadata();
  const body = statusMessage(protos, { code, message, reason, metadata: { ...details } });
  metadata.set('grpc-status-details-bin', protos.encode('google.rpc.Status', body));
  return Object.assign(new Error(message), { code: STATUS[code], details: message, metadata });
}
