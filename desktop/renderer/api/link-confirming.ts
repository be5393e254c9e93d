import type { ConsoleLink } from './client.ts';
import { confirmationOf } from './error-message.ts';
import type { Challenge } from './confirmation-store.ts';

/**
 * A link whose calls are asked about when main wants a name to be typed: the operator types it, main
 * checks it, and the very same call is made again. No screen has to know which calls these are.
 *
 * @param ask null when the operator would rather not
 */
export function createConfirmingLink(
  link: ConsoleLink,
  ask: (challenge: Challenge) => Promise<string | null>,
): ConsoleLink {
  return {
    call: async (path, input, options) => {
      try {
        return await link.call(path, input, options);
      } catch (error) {
        const wanted = confirmationOf(error);
        if (wanted === null) throw error;
        const typed = await ask({ ...wanted, action: path.join('.') });
        if (typed === null) throw new NotConfirmedError();
        await link.call(['safety', 'confirm'], { challenge: wanted.challenge, typed }, options);
        return await link.call(path, input, options);
      }
    },
  };
}

/** The operator did not type the name. */
class NotConfirmedError extends Error {
  readonly code = 'CANCELLED';
  readonly data = { retryable: false, nextStep: 'Start it again when you want it.' };

  constructor() {
    super('It was not confirmed; nothing was changed.');
    this.name = 'NotConfirmedError';
  }
}
