import type { Target, TargetClass } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { askOperator } from '../deployments/allowed.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { findTarget } from './find-target.ts';
import { isLowerClass } from './loosening.ts';

/**
 * Says how much harm a mistake does on a target. A lower class takes confirmations away, so the human
 * is asked first. Throws INVALID_INPUT, SETTINGS_UNWRITABLE, CANCELLED, and PERMISSION_DENIED where
 * nobody can be asked.
 */
export async function setTargetClass(
  core: Core,
  input: { readonly id: string; readonly class: TargetClass },
): Promise<Target> {
  const target = findTarget(core, input.id);
  if (isLowerClass(target, input.class)) {
    await askOperator(core, {
      target: target.name,
      question: `Set ${target.name} from ${target.class} to ${input.class}?`,
      consequence: 'Changes there will ask for less than they do now.',
    });
  }
  await saveSettings(core, (settings) => ({
    ...settings,
    targets: settings.targets.map((other) =>
      other.id === input.id ? { ...other, class: input.class } : other,
    ),
  }));
  return findTarget(core, input.id);
}
