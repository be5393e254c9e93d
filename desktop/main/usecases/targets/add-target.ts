import type { TargetDetails } from '../../../shared/contract/targets.ts';
import type { Target } from '../../../shared/domain/target.ts';
import type { Core } from '../core.ts';
import { saveSettings } from '../settings/save-settings.ts';
import { assertUnique } from './same-place.ts';

/**
 * Remembers a Cloud Run target; nothing is asked of Google. Production begins protected. Throws
 * INVALID_INPUT when its name or place is taken, SETTINGS_UNWRITABLE.
 */
export async function addTarget(core: Core, details: TargetDetails): Promise<Target> {
  const isProduction = details.class === 'prod';
  const target: Target = {
    ...details,
    id: core.ports.newId(),
    kind: 'cloud-run',
    mode: isProduction ? 'protected' : 'normal',
    guarded: isProduction,
  };
  await saveSettings(core, (settings) => {
    assertUnique(settings.targets, details);
    return { ...settings, targets: [...settings.targets, target] };
  });
  return target;
}
