import type { Target, TargetMode } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { askOperator } from '../deployments/allowed.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { findTarget } from './find-target.ts';
import { isLooserMode } from './loosening.ts';

/**
 * Changes what the console may do on a target. A looser mode would let the page do what it may not
 * do now, so the human is asked first. Throws INVALID_INPUT, SETTINGS_UNWRITABLE, CANCELLED, and
 * PERMISSION_DENIED where nobody can be asked.
 */
export async function setTargetMode(
  core: Core,
  input: { readonly id: string; readonly mode: TargetMode },
): Promise<Target> {
  const target = findTarget(core, input.id);
  if (isLooserMode(target, input.mode)) {
    await askOperator(core, {
      target: target.name,
      question: `Set ${target.name} from ${target.mode} to ${input.mode}?`,
      consequence: 'The console may change more there than it may now.',
    });
  }
  await saveSettings(core, (settings) => ({
    ...settings,
    targets: settings.targets.map((other) =>
      other.id === input.id
        ? { ...other, mode: input.mode, guarded: guardedAfter(other, input.mode) }
        : other,
    ),
  }));
  return findTarget(core, input.id);
}

/** Read-only in between changes nothing: from there the way to normal still asks. */
function guardedAfter(target: Target, mode: TargetMode): boolean {
  if (mode === 'read-only') return target.guarded || target.mode === 'protected';
  return mode === 'protected';
}
