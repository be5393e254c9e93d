import type { Target } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { isRunning } from '../operations/operation-edits.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { stopSampleTraffic } from '../stack/set-sample-traffic.ts';
import { findTarget } from './find-target.ts';

/**
 * Chooses what every screen shows. Sample traffic was meant for the target before, so it stops.
 * Throws INVALID_INPUT, SETTINGS_UNWRITABLE, and CONFLICT while an operation runs or waits.
 */
export async function selectTarget(core: Core, input: { readonly id: string }): Promise<Target> {
  const target = findTarget(core, input.id);
  if (target.id === selectedTarget(core).id) return target;
  refuseWhileBusy(core);
  stopSampleTraffic(core);
  await saveSettings(core, (settings) => ({ ...settings, targetId: target.id }));
  core.memory.health.set(null);
  return target;
}

/** An operation asks the session of the chosen target at every step: it has to stay the same one. */
function refuseWhileBusy(core: Core): void {
  const running = core.memory.operations.value.find(isRunning);
  if (running === undefined) return;
  throw new DomainError({
    code: 'CONFLICT',
    message: `${running.title} has not ended yet; another target can be chosen afterwards.`,
    nextStep: 'Wait until it has ended, or cancel it.',
    retryable: true,
  });
}
