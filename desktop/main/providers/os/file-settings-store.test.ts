import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../shared/domain/settings.ts';
import { LOCAL_TARGET } from '../../../shared/domain/target.ts';
import { withFolder } from '../../testing/temporary-folder.ts';
import { DEFAULT_SETTINGS, FileSettingsStore } from './file-settings-store.ts';

const DARK: Settings = { ...DEFAULT_SETTINGS, theme: 'dark' };
const LIGHT: Settings = { ...DEFAULT_SETTINGS, theme: 'light' };

describe('settings in a file', () => {
  it('starts with the defaults and no warning', async () => {
    await withFolder(async (folder) => {
      const reading = await new FileSettingsStore(folder).read();
      expect(reading).toEqual({ settings: DEFAULT_SETTINGS, warning: null });
    });
  });

  it('reads what it wrote, for the owner only', async () => {
    await withFolder(async (folder) => {
      await new FileSettingsStore(join(folder, 'state')).write(DARK);
      const reading = await new FileSettingsStore(join(folder, 'state')).read();
      expect(reading).toEqual({ settings: DARK, warning: null });
      expect((await stat(join(folder, 'state', 'settings.json'))).mode & 0o777).toBe(0o600);
    });
  });

  it('reads a file of before targets had a project, and leaves what it says alone', async () => {
    await withFolder(async (folder) => {
      const { project, region, credentials, guarded, ...local } = LOCAL_TARGET;
      const old = {
        ...DARK,
        targets: [
          { ...local, mode: 'protected' },
          { ...local, id: 'b' },
        ],
      };
      await writeFile(join(folder, 'settings.json'), JSON.stringify(old));
      const { settings, warning } = await new FileSettingsStore(folder).read();
      expect(warning).toBeNull();
      const fields = { project, region, credentials };
      expect(settings.targets).toEqual([
        { ...local, mode: 'protected', ...fields, guarded: true },
        { ...local, id: 'b', ...fields, guarded },
      ]);
    });
  });

  it('starts from the last good settings wherever the file was cut off', async () => {
    await withFolder(async (folder) => {
      const store = new FileSettingsStore(folder);
      await store.write(DARK);
      await store.write(LIGHT);
      const file = join(folder, 'settings.json');
      const whole = await readFile(file, 'utf8');
      // The last byte is a line break that nothing depends on.
      for (let length = 0; length < whole.length - 1; length += 1) {
        await writeFile(file, whole.slice(0, length));
        const { settings, warning } = await new FileSettingsStore(folder).read();
        expect(settings.theme).toBe('dark');
        expect(warning).toContain('the last good settings are used');
      }
    });
  });

  it('keeps a broken file aside and says where', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'settings.json'), '{"version":2}');
      const { settings, warning } = await new FileSettingsStore(folder, () => 0).read();
      expect(settings).toEqual(DEFAULT_SETTINGS);
      const aside = 'settings.corrupt-1970-01-01T00-00-00.000Z.json';
      expect(warning).toContain(aside);
      expect(await readFile(join(folder, aside), 'utf8')).toBe('{"version":2}');
      expect(await readdir(folder)).toEqual([aside]);
    });
  });

  it('is never half written, however many write at once', async () => {
    await withFolder(async (folder) => {
      const store = new FileSettingsStore(folder);
      const writes = Array.from({ length: 20 }, (_, index) =>
        store.write(index % 2 === 0 ? DARK : LIGHT),
      );
      await Promise.all(writes);
      expect((await store.read()).settings).toEqual(LIGHT);
    });
  });

  it('says SETTINGS_UNWRITABLE when the folder is no folder', async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      const write = new FileSettingsStore(join(folder, 'file')).write(DARK);
      await expect(write).rejects.toMatchObject({ code: 'SETTINGS_UNWRITABLE', retryable: true });
    });
  });
});
