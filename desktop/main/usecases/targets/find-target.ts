import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';

/** The target by id. Throws INVALID_INPUT. */
export function findTarget(core: Core, id: string): Target {
  const target = core.memory.settings.value.targets.find((candidate) => candidate.id === id);
  if (target !== undefined) return target;
  throw new DomainError({
    code: 'INVALID_INPUT',
    message: `The settings name no target ${id}.`,
    nextStep: 'Choose one of the targets in Settings.',
  });
}
