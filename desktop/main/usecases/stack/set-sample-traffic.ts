import type { SampleTraffic } from '../../../shared/contract/stack.ts';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { assertAllowed } from '../deployments/allowed.ts';
import { saveSettings } from '../settings/save-settings.ts';

/**
 * Turns sample traffic on or off; counting starts again when it is turned on. Off works on a
 * read-only target too, and at once: also when the settings can't be written. Throws
 * TARGET_READ_ONLY (on only) and SETTINGS_UNWRITABLE.
 */
export async function setSampleTraffic(
  core: Core,
  input: { readonly on: boolean; readonly requestsPerSecond: number },
): Promise<SampleTraffic> {
  const { on, requestsPerSecond } = input;
  if (on) assertAllowed(mayChange(selectedTarget(core)), 'TARGET_READ_ONLY');
  else stopSampleTraffic(core);
  await saveSettings(core, (settings) => ({ ...settings, sampleTraffic: { requestsPerSecond } }));
  const { sampleTraffic } = core.memory;
  const counted = sampleTraffic.value;
  const fresh = on && !counted.on ? { sent: 0, failed: 0, lastFailure: null } : {};
  sampleTraffic.set({ ...counted, ...fresh, on, requestsPerSecond });
  return sampleTraffic.value;
}

/** Nothing is sent from here on; counters and rate stay as they are. */
export function stopSampleTraffic({ memory: { sampleTraffic } }: Core): void {
  if (sampleTraffic.value.on) sampleTraffic.set({ ...sampleTraffic.value, on: false });
}
