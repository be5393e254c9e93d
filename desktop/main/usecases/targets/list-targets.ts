import type { Target } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';

/** The targets in the settings and the id of the chosen one. */
export function listTargets(core: Core): { targets: Target[]; selected: string } {
  return { targets: [...core.memory.settings.value.targets], selected: selectedTarget(core).id };
}
