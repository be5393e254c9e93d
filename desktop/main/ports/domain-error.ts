import type { ErrorCode } from '../../shared/contract/errors.ts';

/** What an adapter or a use case says when it can't do what it was asked. */
export interface Failure {
  readonly code: ErrorCode;
  /** What happened and why, for an operator. Never a secret. */
  readonly message: string;
  /** What to do next, in one sentence. */
  readonly nextStep: string;
  /** Can the same call succeed later? Default false. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error that a port's promise may be broken with. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly nextStep: string;
  readonly retryable: boolean;

  constructor(failure: Failure) {
    super(failure.message, { cause: failure.cause });
    this.name = 'DomainError';
    this.code = failure.code;
    this.nextStep = failure.nextStep;
    this.retryable = failure.retryable ?? false;
  }
}
