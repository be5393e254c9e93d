import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';

/** Hands in a typed name. Throws INVALID_INPUT when it is not the one that was asked for. */
export function confirm(
  core: Core,
  input: { readonly challenge: string; readonly typed: string },
): void {
  if (core.confirmations.answer(input.challenge, input.typed)) return;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: 'That is not the name that was asked for, or it was asked too long ago.',
    nextStep: 'Start the change again and type the name as it is shown.',
  });
}
