import type { Settings } from '../../../shared/domain/settings.ts';
import type { Core } from '../core.ts';

/** Writes changed settings, then shows them: what is shown has been kept. Throws SETTINGS_UNWRITABLE. */
export async function saveSettings(
  core: Core,
  change: (settings: Settings) => Settings,
): Promise<Settings> {
  const settings = change(core.memory.settings.value);
  await core.ports.settings.write(settings);
  core.memory.settings.set(settings);
  return settings;
}
