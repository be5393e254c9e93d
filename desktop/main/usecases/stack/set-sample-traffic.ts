import type { SampleTraffic } from '../../../shared/contract/stack.ts';
import type { Core } from '../core.ts';
import { saveSettings } from '../settings/save-settings.ts';

/** Turns sample traffic on or off; counting starts again when it is turned on. */
export async function setSampleTraffic(
  core: Core,
  input: { readonly on: boolean; readonly requestsPerSecond: number },
): Promise<SampleTraffic> {
  const { on, requestsPerSecond } = input;
  await saveSettings(core, (settings) => ({ ...settings, sampleTraffic: { requestsPerSecond } }));
  const { sampleTraffic } = core.memory;
  const counted = sampleTraffic.value;
  const fresh = on && !counted.on ? { sent: 0, failed: 0, lastFailure: null } : {};
  sampleTraffic.set({ ...counted, ...fresh, on, requestsPerSecond });
  return sampleTraffic.value;
}
