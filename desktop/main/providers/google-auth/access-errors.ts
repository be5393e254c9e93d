import { DomainError } from '../../ports/domain-error.ts';

export const ADC_LOGIN = 'gcloud auth application-default login';

/** An error of signing in, with the command that repairs it where there is one. */
export class AccessError extends DomainError {
  readonly command: string | null;

  constructor(
    failure: ConstructorParameters<typeof DomainError>[0],
    command: string | null = null,
  ) {
    super(failure);
    this.name = 'AccessError';
    this.command = command;
  }
}

/** There is no credentials file where one was looked for. */
export function noCredentials(path: string): AccessError {
  return new AccessError(
    {
      code: 'CREDENTIALS_MISSING',
      message: `There are no Google credentials at ${path}.`,
      nextStep: 'Sign in with gcloud, or name another credentials file in the target.',
    },
    ADC_LOGIN,
  );
}

export function notSignedIn(): AccessError {
  return new AccessError({
    code: 'CREDENTIALS_MISSING',
    message: 'Nobody has signed in to this target with its OAuth client.',
    nextStep: 'Choose Sign in at the target in Settings.',
  });
}

export function invalidFile(path: string, why: string): AccessError {
  return new AccessError({
    code: 'CREDENTIALS_INVALID',
    message: `${path} can’t be used: ${why}`,
    nextStep: 'Name another file in the target.',
  });
}

export function signInFailed(why: string): AccessError {
  return new AccessError({
    code: 'SIGN_IN_FAILED',
    message: `The sign-in did not finish: ${why}`,
    nextStep: 'Start it again and finish it in the browser.',
  });
}
