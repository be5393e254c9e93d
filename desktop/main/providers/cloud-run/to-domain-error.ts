import type { ErrorCode } from '../../../shared/contract/errors.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { redact } from '../os/redact.ts';
import type { GoogleError } from './google-error.ts';
import { GRPC_STATUS, readGoogleError } from './google-error.ts';
import { grantCommand } from './preflight-findings.ts';
import { roleFor } from './required-permissions.ts';

/** What a call was about, for the words of its failure. */
export interface CallSubject {
  /** The platform as a reader knows it: `the local cloud`, `Cloud Run in europe-west1`. */
  readonly platform: string;
  readonly project: string;
  readonly service: string;
  /** What NOT_FOUND means for this call. */
  readonly missing: Extract<ErrorCode, 'SERVICE_NOT_FOUND' | 'OPERATION_NOT_FOUND'>;
  /** Values that the call carried and that its failure must not repeat. */
  readonly hidden?: readonly string[];
}

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

/** Any failure of a call -> the one error of the ports. A DomainError stays as it is. */
export function toDomainError(error: unknown, subject: CallSubject): DomainError {
  if (error instanceof DomainError) return error;
  const failure = readGoogleError(error);
  if (failure.code === GRPC_STATUS.notFound) return notFound(error, subject);
  const translation = translationOf(failure, subject);
  return new DomainError({
    ...translation,
    message: hide(sentence(translation.code, failure, subject), subject),
    cause: error,
  });
}

function translationOf(failure: GoogleError, subject: CallSubject): Translation {
  const plain = (failure.code === null ? undefined : TRANSLATIONS[failure.code]) ?? INTERNAL;
  if (failure.code !== GRPC_STATUS.permissionDenied) return plain;
  const nextStep = wayOut(failure, subject);
  return nextStep === null ? plain : { ...plain, nextStep };
}

/** The command that ends a refusal, where the refusal says enough. */
function wayOut({ info, metadata, reason }: GoogleError, subject: CallSubject): string | null {
  if (info === 'SERVICE_DISABLED') {
    const api = metadata['service'] ?? 'run.googleapis.com';
    return `Enable it: gcloud services enable ${api} --project=${subject.project}`;
  }
  const permission = metadata['permission'] ?? /'([a-z]+\.[a-zA-Z.]+)'/.exec(reason)?.[1];
  const role = permission === undefined ? null : roleFor(permission);
  if (role === null) return null;
  return `Have ${role} granted: ${grantCommand(subject.project, role, null)}`;
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

function sentence(code: ErrorCode, failure: GoogleError, subject: CallSubject): string {
  const platform = capital(subject.platform);
  const reason = [failure.reason, ...failure.violations].join(' · ');
  switch (code) {
    case 'TARGET_UNREACHABLE':
      return `${platform} doesn’t answer: ${reason}`;
    case 'TIMEOUT':
      return `${platform} didn’t answer in time: ${reason}`;
    case 'PERMISSION_DENIED':
      return `${platform} refused the call: ${reason}`;
    case 'CONFLICT':
      return `The change of ${subject.service} was refused: ${reason}`;
    default:
      return reason;
  }
}

/** Without credentials, and without values that the platform quotes back (R12). */
function hide(text: string, { hidden = [] }: CallSubject): string {
  const plain = hidden.reduce(
    (kept, value) => (value === '' ? kept : kept.replaceAll(value, '[hidden]')),
    text,
  );
  return redact(plain).replaceAll(/(token|authorization)([ :="']+)[^\s"',]+/gi, '$1$2[hidden]');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
