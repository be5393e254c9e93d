import type { Problem } from '@omni/contracts/problem.ts';
import type { ErrorCode } from '../../../shared/contract/errors.ts';
import { DomainError } from '../../ports/domain-error.ts';

interface Translation {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
  readonly retryable?: boolean;
}

const BY_CODE: Readonly<Record<string, Translation>> = {
  unauthorized: {
    code: 'PERMISSION_DENIED',
    message: 'The gateway refused the console’s admin token.',
    nextStep: 'Deploy the gateway again, so that it runs with the target’s token.',
  },
  key_not_found: {
    code: 'KEY_NOT_FOUND',
    message: 'The gateway no longer knows this key.',
    nextStep: 'Read the list of keys again.',
  },
  key_read_only: {
    code: 'KEY_READ_ONLY',
    message: 'This key comes from the gateway’s API_KEYS and can’t be changed here.',
    nextStep: 'Remove it from API_KEYS and deploy the gateway.',
  },
  key_state_conflict: {
    code: 'CONFLICT',
    message: 'The state of this key does not allow the change.',
    nextStep: 'Read the list of keys again and decide anew.',
  },
  version_mismatch: {
    code: 'CONFLICT',
    message: 'Somebody else changed this key meanwhile.',
    nextStep: 'Read the list of keys again and decide anew.',
  },
  role_denied: {
    code: 'PERMISSION_DENIED',
    message: 'The console’s admin token may not do this.',
    nextStep: 'Ask an administrator of the gateway for a token of a higher role.',
  },
  invalid_request: {
    code: 'INVALID_INPUT',
    message: 'The gateway refused the request.',
    nextStep: 'Correct the field that the message names.',
  },
};

/** An answer of the admin API that isn't a success -> the error of the key store's promises. */
export function toKeyError(status: number, problem: Problem | null): DomainError {
  const known = problem === null ? undefined : BY_CODE[problem.code];
  const translation = known ?? byStatus(status);
  const detail = problem?.detail;
  return new DomainError({
    ...translation,
    message: detail === undefined ? translation.message : `${translation.message} ${detail}`,
    cause: problem,
  });
}

function byStatus(status: number): Translation {
  if (status === 401 || status === 403) {
    return {
      code: 'PERMISSION_DENIED',
      message: 'The gateway refused the console’s admin token.',
      nextStep: 'Deploy the gateway again, so that it runs with the target’s token.',
    };
  }
  if (status === 404) {
    return {
      code: 'KEY_STORE_UNAVAILABLE',
      message: 'This gateway has no admin API.',
      nextStep: 'Set ADMIN_TOKEN and deploy the gateway again.',
    };
  }
  return {
    code: 'KEY_STORE_UNAVAILABLE',
    message: `The gateway’s key store is not available (${String(status)}).`,
    nextStep: 'Check the gateway’s database on the Overview and try again.',
    retryable: true,
  };
}
