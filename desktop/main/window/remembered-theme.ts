import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Theme } from '../../shared/domain/settings.ts';

/**
 * The theme in the settings file, for the window's first frame. Read apart from the settings, whose
 * schema is loaded after the window; whatever is wrong with the file is said there.
 */
export function rememberedTheme(stateFolder: string): Theme {
  try {
    const text = readFileSync(join(stateFolder, 'settings.json'), 'utf8');
    const theme = (JSON.parse(text) as { theme?: unknown }).theme;
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch {
    // First start, or a broken file: the system's theme is as good.
    return 'system';
  }
}
