import { mapEventIterator } from '@orpc/client';
import { ORPCError, ValidationError } from '@orpc/server';
import type { ErrorCode, ErrorData } from '../../shared/contract/errors.ts';
import { DomainError } from '../ports/domain-error.ts';
import type { Core } from '../usecases/core.ts';
import { ConfirmationRequired } from '../usecases/safety/assert-confirmed.ts';

/** The only place where contract errors are made: whatever was thrown -> a code of the closed list. */
export function mapError(core: Core, error: unknown): ORPCError<ErrorCode, ErrorData> {
  if (error instanceof ConfirmationRequired) return toBeConfirmed(error);
  if (error instanceof DomainError) return fromDomain(error);
  const cause = error instanceof ORPCError ? error.cause : undefined;
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return invalidInput(cause);
  return internal(core, cause ?? error);
}

/** A stream can fail after its call has succeeded: its errors are mapped as it goes on. */
export function mapStreamErrors<T>(core: Core, output: T): T {
  if (!isStream(output)) return output;
  const mapped = mapEventIterator(output, {
    value: (value: unknown) => Promise.resolve(value),
    error: (error) => Promise.resolve(mapError(core, error)),
  });
  return mapped as T & typeof mapped;
}

function isStream(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function fromDomain({
  code,
  message,
  nextStep,
  retryable,
}: DomainError): ORPCError<ErrorCode, ErrorData> {
  return contractError(code, message, { retryable, nextStep });
}

function toBeConfirmed({
  code,
  message,
  nextStep,
  confirm,
}: ConfirmationRequired): ReturnType<typeof fromDomain> {
  return contractError(code, message, { retryable: false, nextStep, confirm });
}

function invalidInput(cause: unknown): ORPCError<ErrorCode, ErrorData> {
  const issues = cause instanceof ValidationError ? cause.issues : [];
  const sentence = issues.map((issue) => `${pathOf(issue.path)}${issue.message}`).join(' ');
  return contractError('INVALID_INPUT', sentence === '' ? 'The input is not valid.' : sentence, {
    retryable: false,
    nextStep: 'Correct the input and try again.',
  });
}

/** The cause goes to the log under a reference; the page gets the reference only. */
function internal(core: Core, error: unknown): ORPCError<ErrorCode, ErrorData> {
  const reference = core.ports.newId();
  core.ports.log.error('a call failed unexpectedly', error, { reference });
  return contractError('INTERNAL', 'The console failed at this call.', {
    retryable: false,
    nextStep: `Search the console's log for ${reference}.`,
    reference,
  });
}

function contractError(
  code: ErrorCode,
  message: string,
  data: ErrorData,
): ORPCError<ErrorCode, ErrorData> {
  return new ORPCError(code, { message, data });
}

function pathOf(path: ValidationError['issues'][number]['path']): string {
  const keys = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return keys.length === 0 ? '' : `${keys.join('.')}: `;
}
