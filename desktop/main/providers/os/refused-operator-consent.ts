import { DomainError } from '../../ports/domain-error.ts';
import type { OperatorConsent } from '../../ports/operator-consent.ts';

/** For a host without a native dialog: what only the operator's own desktop may confirm is refused. */
export const refusedOperatorConsent: OperatorConsent = {
  ask({ target }) {
    return Promise.reject(
      new DomainError({
        code: 'PERMISSION_DENIED',
        message: `This change of ${target} has to be confirmed in a dialog that the page can't click, and a browser has none.`,
        nextStep: 'Use the desktop app.',
      }),
    );
  },
};
