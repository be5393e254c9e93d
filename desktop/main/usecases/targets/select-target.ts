import type { Target } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { stopSampleTraffic } from '../stack/set-sample-traffic.ts';
import { findTarget } from './find-target.ts';

/**
 * Chooses what every screen shows. Sample traffic was meant for the target before, so it stops.
 * Throws INVALID_INPUT, SETTINGS_UNWRITABLE. Operations go on where they began.
 */
export async function selectTarget(core: Core, input: { readonly id: string }): Promise<Target> {
  const target = findTarget(core, input.id);
  if (target.id === selectedTarget(core).id) return target;
  stopSampleTraffic(core);
  await saveSettings(core, (settings) => ({ ...settings, targetId: target.id }));
  core.memory.health.set(null);
  return target;
}
