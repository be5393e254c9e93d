import type { Target, TargetMode } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { askOperator } from '../deployments/allowed.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { findTarget } from './find-target.ts';

const STRICTNESS: Readonly<Record<TargetMode, number>> = {
  normal: 0,
  protected: 1,
  'read-only': 2,
};

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
  if (needsConsent(target, input.mode)) {
    await askOperator(core, {
      target: target.name,
      question: `Set ${target.name} from ${target.mode} to ${input.mode}?`,
      consequence: 'The console may change more there than it may now.',
    });
  }
  await saveSettings(core, (settings) => ({
    ...settings,
    targets: settings.targets.map((other) =>
      other.id === input.id ? { ...other, mode: input.mode } : other,
    ),
  }));
  return findTarget(core, input.id);
}

/**
 * A browser can't ask. Whoever made the development target read-only there has to get out again in
 * the same browser, and nothing on such a target is worth locking them out for ever. A protected
 * target was meant to ask, whatever its class.
 */
function needsConsent(target: Target, mode: TargetMode): boolean {
  if (STRICTNESS[mode] >= STRICTNESS[target.mode]) return false;
  return target.class !== 'dev' || target.mode !== 'read-only';
}
