import type { TargetDetails } from '../../../shared/contract/targets.ts';
import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { askOperator } from '../deployments/allowed.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { findTarget } from './find-target.ts';
import { isGuarded, isLowerClass } from './loosening.ts';
import { assertUnique } from './same-place.ts';

/**
 * Changes what is known of a Cloud Run target. A lower class, and another place or identity of a
 * guarded target, would be ways around its mode, so the human is asked first. Throws INVALID_INPUT,
 * SETTINGS_UNWRITABLE, CANCELLED, and PERMISSION_DENIED where nobody can be asked.
 */
export async function editTarget(
  core: Core,
  { id, ...details }: TargetDetails & { readonly id: string },
): Promise<Target> {
  const target = findTarget(core, id);
  if (target.kind === 'local') throw notEditable();
  assertUnique(othersOf(core, id), details);
  if (isLowerClass(target, details.class) || (isGuarded(target) && isElsewhere(target, details))) {
    await askOperator(core, {
      target: target.name,
      question: `Change the target ${target.name}?`,
      consequence: `It becomes ${details.name}: ${details.class}, project ${details.project} in ${details.region}.`,
    });
  }
  await saveSettings(core, (settings) => ({
    ...settings,
    targets: settings.targets.map((other) => (other.id === id ? { ...other, ...details } : other)),
  }));
  return findTarget(core, id);
}

function othersOf(core: Core, id: string): Target[] {
  return core.memory.settings.value.targets.filter((other) => other.id !== id);
}

function isElsewhere(target: Target, details: TargetDetails): boolean {
  const place = ({ project, region, credentials }: Target | TargetDetails): string =>
    JSON.stringify([project, region, Object.entries(credentials).sort()]);
  return place(target) !== place(details);
}

function notEditable(): DomainError {
  return new DomainError({
    code: 'INVALID_INPUT',
    message: 'The local target has no project, region or credentials.',
    nextStep: 'Change its class or its mode instead.',
  });
}
