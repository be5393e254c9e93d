import type { ErrorCode } from '../../shared/contract/errors.ts';

/** An error as it arrives from main: a code, its message and what to do next. */
export class FakeContractError extends Error {
  readonly code: ErrorCode;
  readonly data: { readonly retryable: boolean; readonly nextStep: string };

  constructor(code: ErrorCode, message: string, nextStep: string) {
    super(message);
    this.code = code;
    this.data = { retryable: false, nextStep };
  }
}

export const unreachable = new FakeContractError(
  'TARGET_UNREACHABLE',
  'connect ECONNREFUSED 127.0.0.1:8642 while asking for the services.',
  'Start the local stack with npm start, then try again.',
);
