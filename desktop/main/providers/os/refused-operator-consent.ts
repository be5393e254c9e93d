import { DomainError } from '../../ports/domain-error.ts';
import type { OperatorConsent } from '../../ports/operator-consent.ts';

/** For a host without a native dialog: what only the operator's own desktop may confirm is refused. */
export const refusedOperatorConsent: OperatorConsent = {
  ask({ target }) {
    return Promise.reject(
      new DomainError({
        code: 'PERMISSION_DENIED',
        message: `${target} is protected, and a browser can't show a dialog that the page can't click.`,
        nextStep: 'Use the desktop app, or set the target to normal in Settings.',
      }),
    );
  },
};
