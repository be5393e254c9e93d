import type { Settings, Theme } from '../../../shared/domain/settings.ts';
import type { Core } from '../core.ts';
import { saveSettings } from './save-settings.ts';

export function setTheme(core: Core, input: { readonly theme: Theme }): Promise<Settings> {
  return saveSettings(core, (settings) => ({ ...settings, theme: input.theme }));
}
