import { Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { ApiError, GRPC } from '../model/api-error.ts';
import type { Protos } from './protos.ts';

export const ERROR_DOMAIN = 'run.googleapis.com';

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
  return Object.assign(new Error(message), { code, details: message, metadata });
}
