import type { Settings } from '../../../shared/domain/settings.ts';
import type { Core } from '../core.ts';

/** The last save of each core, so that the next one begins when it has ended. */
const saving = new WeakMap<Core['memory'], Promise<unknown>>();

/**
 * Writes changed settings, then shows them: what is shown has been kept. Changes that come at once
 * are made one after the other, each of what the one before left. Throws SETTINGS_UNWRITABLE.
 */
export function saveSettings(
  core: Core,
  change: (settings: Settings) => Settings,
): Promise<Settings> {
  const before = saving.get(core.memory) ?? Promise.resolve();
  const saved = before.then(() => save(core, change));
  // A change that failed is its caller's news; the next one doesn't depend on it.
  saving.set(
    core.memory,
    saved.catch(() => undefined),
  );
  return saved;
}

async function save(core: Core, change: (settings: Settings) => Settings): Promise<Settings> {
  const settings = change(core.memory.settings.value);
  await core.ports.settings.write(settings);
  core.memory.settings.set(settings);
  return settings;
}
