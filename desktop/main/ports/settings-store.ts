import type { Settings } from '../../shared/domain/settings.ts';

export interface SettingsReading {
  readonly settings: Settings;
  /** What was wrong with the file and where the broken copy is; null when all was well. */
  readonly warning: string | null;
}

/** Never fails to read: a broken file is kept aside and the last good one or the defaults are used. */
export interface SettingsStore {
  read(): Promise<SettingsReading>;
  /** Atomic. Throws SETTINGS_UNWRITABLE. */
  write(settings: Settings): Promise<void>;
}
