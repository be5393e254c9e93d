import type { Settings } from '../../../shared/domain/settings.ts';
import type { Core } from '../core.ts';

/** What the console remembers, where, and what was wrong with the file at start. */
export function readSettings(core: Core): {
  settings: Settings;
  stateFolder: string;
  warning: string | null;
} {
  const { stateFolder, settingsWarning } = core.facts;
  return { settings: core.memory.settings.value, stateFolder, warning: settingsWarning };
}
