import { DomainError } from '../../ports/domain-error.ts';

/** Says that an operation was left in the middle, or that its outcome could not be found out. */
export class Interrupted extends DomainError {}

export function interrupted(message: string, nextStep: string): Interrupted {
  return new Interrupted({ code: 'CANCELLED', message, nextStep });
}
