import type { Target } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { findTarget } from './find-target.ts';

/** Chooses what every screen shows. Throws INVALID_INPUT and SETTINGS_UNWRITABLE. */
export async function selectTarget(core: Core, input: { readonly id: string }): Promise<Target> {
  const target = findTarget(core, input.id);
  await saveSettings(core, (settings) => ({ ...settings, targetId: target.id }));
  core.memory.health.set(null);
  return target;
}
