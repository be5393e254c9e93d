import { copyFile, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { settingsDocument } from '../../../shared/contract/settings.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { SettingsReading, SettingsStore } from '../../ports/settings-store.ts';
import { upgradeSettings } from './upgrade-settings.ts';

export const DEFAULT_SETTINGS: Settings = {
  version: 1,
  theme: 'system',
  targetId: LOCAL_TARGET.id,
  targets: [LOCAL_TARGET],
  sampleTraffic: { requestsPerSecond: 20 },
};

/**
 * Settings in one JSON file. A write goes to a file beside it, is forced to disk and takes its place
 * in one step; the one before it is kept as `.bak`. A broken file is kept aside and never a reason
 * not to start.
 */
export class FileSettingsStore implements SettingsStore {
  readonly #file: string;
  readonly #now: () => number;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(folder: string, now: () => number = Date.now) {
    this.#file = join(folder, 'settings.json');
    this.#now = now;
  }

  async read(): Promise<SettingsReading> {
    const own = await readSettings(this.#file);
    if (own.kind === 'good') return { settings: own.settings, warning: null };
    const backup = await readSettings(`${this.#file}.bak`);
    const settings = backup.kind === 'good' ? backup.settings : DEFAULT_SETTINGS;
    const used = backup.kind === 'good' ? 'the last good settings' : 'the default settings';
    if (own.kind === 'missing' && backup.kind !== 'good') return { settings, warning: null };
    const kept = own.kind === 'broken' ? await this.#keepAside() : null;
    const where = kept === null ? '' : ` The broken file is kept as ${kept}.`;
    return { settings, warning: `The settings file could not be read; ${used} are used.${where}` };
  }

  write(settings: Settings): Promise<void> {
    const written = this.#tail.then(() => this.#replace(settings));
    this.#tail = written.catch(() => undefined);
    return written;
  }

  async #replace(settings: Settings): Promise<void> {
    const fresh = `${this.#file}.tmp`;
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await writeToDisk(fresh, `${JSON.stringify(settings, null, 2)}\n`);
      // Only a file that can be read is worth keeping as the last good one.
      if ((await readSettings(this.#file)).kind === 'good') {
        await copyFile(this.#file, `${this.#file}.bak`);
      }
      await rename(fresh, this.#file);
      await syncFolder(dirname(this.#file));
    } catch (cause) {
      throw unwritable(cause);
    }
  }

  /** The broken file's new name, or null when it could not be moved: then it stays where it is. */
  async #keepAside(): Promise<string | null> {
    const stamp = new Date(this.#now()).toISOString().replaceAll(':', '-');
    const aside = join(dirname(this.#file), `settings.corrupt-${stamp}.json`);
    try {
      await copyFile(this.#file, aside);
      await unlink(this.#file);
      return aside;
    } catch {
      // A read-only folder: the warning says nothing about a copy, and the file is left alone.
      return null;
    }
  }
}

type FileReading =
  | { readonly kind: 'good'; readonly settings: Settings }
  | { readonly kind: 'missing' }
  | { readonly kind: 'broken' };

async function readSettings(file: string): Promise<FileReading> {
  try {
    const settings = settingsDocument.parse(
      upgradeSettings(JSON.parse(await readFile(file, 'utf8'))),
    );
    return { kind: 'good', settings };
  } catch (error) {
    return { kind: codeOf(error) === 'ENOENT' ? 'missing' : 'broken' };
  }
}

async function writeToDisk(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The rename itself has to survive a power cut too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function unwritable(cause: unknown): DomainError {
  return new DomainError({
    code: 'SETTINGS_UNWRITABLE',
    message: `The settings could not be written (${codeOf(cause) ?? 'unknown cause'}).`,
    nextStep: 'Check that the state folder is writable and the disk has room.',
    retryable: true,
    cause,
  });
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
