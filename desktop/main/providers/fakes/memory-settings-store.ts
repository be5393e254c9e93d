import type { Settings } from '../../../shared/domain/settings.ts';
import type { SettingsReading, SettingsStore } from '../../ports/settings-store.ts';
import { DomainError } from '../../ports/domain-error.ts';

/** Settings in memory. */
export class MemorySettingsStore implements SettingsStore {
  #settings: Settings;
  #full = false;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** From now on writing fails, as on a full disk. */
  becomeFull(): void {
    this.#full = true;
  }

  read(): Promise<SettingsReading> {
    return Promise.resolve({ settings: this.#settings, warning: null });
  }

  async write(settings: Settings): Promise<void> {
    await Promise.resolve();
    if (this.#full) {
      throw new DomainError({
        code: 'SETTINGS_UNWRITABLE',
        message: 'The disk is full.',
        nextStep: 'Make room and try again.',
      });
    }
    this.#settings = settings;
  }
}
