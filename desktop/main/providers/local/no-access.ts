import { NO_SIGN_IN } from '../../../shared/domain/sign-in.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { TargetAccess } from '../../ports/target-access.ts';

/** A target that asks nobody who they are. */
export const noAccess: TargetAccess = {
  status: () => Promise.resolve(NO_SIGN_IN),
  onChange: () => () => undefined,
  signIn: refuse,
  cancelSignIn: () => undefined,
  signOut: refuse,
};

function refuse(): Promise<never> {
  return Promise.reject(
    new DomainError({
      code: 'UNSUPPORTED',
      message: 'This target needs no sign-in.',
      nextStep: 'Use it as it is.',
    }),
  );
}
