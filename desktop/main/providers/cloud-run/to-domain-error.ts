import type { ErrorCode } from '../../../shared/contract/errors.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** What a call was about, for the words of its failure. */
export interface CallSubject {
  /** The platform as a reader knows it: `the local cloud`, `Cloud Run in europe-west1`. */
  readonly platform: string;
  readonly service: string;
  /** What NOT_FOUND means for this call. */
  readonly missing: Extract<ErrorCode, 'SERVICE_NOT_FOUND' | 'OPERATION_NOT_FOUND'>;
}

/** gRPC status numbers (https://grpc.io/docs/guides/status-codes). */
export const GRPC_STATUS = { notFound: 5, unavailable: 14 } as const;

interface Translation {
  readonly code: ErrorCode;
  readonly nextStep: string;
  readonly retryable?: boolean;
}

const CONFLICT: Translation = {
  code: 'CONFLICT',
  nextStep: 'Look at the service as it is now and try again.',
};
const NO_PERMISSION: Translation = {
  code: 'PERMISSION_DENIED',
  nextStep: 'Ask for the role that the message names, or choose another target.',
};
const UNREACHABLE: Translation = {
  code: 'TARGET_UNREACHABLE',
  nextStep: 'Check that the platform runs; the console keeps trying.',
  retryable: true,
};
const INVALID: Translation = {
  code: 'INVALID_INPUT',
  nextStep: 'Correct the field that the message names.',
};
const INTERNAL: Translation = {
  code: 'INTERNAL',
  nextStep: 'Look at the platform’s own log for the cause.',
};

const TRANSLATIONS: Readonly<Record<number, Translation>> = {
  1: { code: 'CANCELLED', nextStep: 'Start it again when you want it.' },
  3: INVALID,
  4: {
    code: 'TIMEOUT',
    nextStep: 'Try again; look at the service first if it was a change.',
    retryable: true,
  },
  6: CONFLICT,
  7: NO_PERMISSION,
  8: {
    code: 'TARGET_UNREACHABLE',
    nextStep: 'The platform’s quota is used up for now: wait a minute and try again.',
    retryable: true,
  },
  9: CONFLICT,
  10: CONFLICT,
  11: INVALID,
  12: { code: 'UNSUPPORTED', nextStep: 'Use another target for this.' },
  14: UNREACHABLE,
  16: { code: 'PERMISSION_DENIED', nextStep: 'Sign in to the target again.' },
};

/** gRPC status of an error, null when it is none. */
export function grpcCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'number' ? error.code : null;
}

/** Any failure of a call -> the one error of the ports. A DomainError stays as it is. */
export function toDomainError(error: unknown, subject: CallSubject): DomainError {
  if (error instanceof DomainError) return error;
  const code = grpcCode(error);
  if (code === GRPC_STATUS.notFound) return notFound(error, subject);
  const translation = (code === null ? undefined : TRANSLATIONS[code]) ?? INTERNAL;
  return new DomainError({
    ...translation,
    message: sentence(translation.code, reasonOf(error), subject),
    cause: error,
  });
}

function notFound(error: unknown, { platform, service, missing }: CallSubject): DomainError {
  const operation = missing === 'OPERATION_NOT_FOUND';
  return new DomainError({
    code: missing,
    message: operation
      ? `${capital(platform)} no longer knows this operation on ${service}.`
      : `There is no service ${service} on ${platform}.`,
    nextStep: operation ? 'Look at the service to see how the change ended.' : 'Deploy it first.',
    cause: error,
  });
}

function sentence(code: ErrorCode, reason: string, { platform, service }: CallSubject): string {
  switch (code) {
    case 'TARGET_UNREACHABLE':
      return `${capital(platform)} doesn’t answer: ${reason}`;
    case 'TIMEOUT':
      return `${capital(platform)} didn’t answer in time: ${reason}`;
    case 'PERMISSION_DENIED':
      return `${capital(platform)} refused the call: ${reason}`;
    case 'CONFLICT':
      return `The change of ${service} was refused: ${reason}`;
    default:
      return reason;
  }
}

/** The platform's own words, without gRPC's `14 UNAVAILABLE: ` and without credentials. */
function reasonOf(error: unknown): string {
  const details =
    typeof error === 'object' && error !== null && 'details' in error ? error.details : null;
  const message = error instanceof Error ? error.message : String(error);
  const text = typeof details === 'string' && details !== '' ? details : message;
  return redact(text.replace(/^\d+ [A-Z_]+: /, ''));
}

function redact(text: string): string {
  return text.replaceAll(/(bearer|token|authorization)([ :="']+)[^\s"',]+/gi, '$1$2[redacted]');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
