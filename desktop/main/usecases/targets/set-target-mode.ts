import type { Target, TargetMode } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { findTarget } from './find-target.ts';

/** Changes what the console may do on a target. Throws INVALID_INPUT and SETTINGS_UNWRITABLE. */
export async function setTargetMode(
  core: Core,
  input: { readonly id: string; readonly mode: TargetMode },
): Promise<Target> {
  const target: Target = { ...findTarget(core, input.id), mode: input.mode };
  await saveSettings(core, (settings) => ({
    ...settings,
    targets: settings.targets.map((other) => (other.id === target.id ? target : other)),
  }));
  return target;
}
