import { DomainError } from '../../ports/domain-error.ts';

/** Says that an operation ended because a human wanted it to: it counts as cancelled, not failed. */
export class LetGo extends DomainError {}
