import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withFolder } from '../../testing/temporary-folder.ts';
import type { Keyring } from './keyring-refresh-tokens.ts';
import { KeyringRefreshTokens } from './keyring-refresh-tokens.ts';

const TOKEN = 'planted-refresh-token';

/** Turns every byte around: enough to see whether the text itself is on disk. */
const turned = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
const keyring = (isThere: boolean): Keyring => ({
  isAvailable: () => Promise.resolve(isThere),
  encrypt: (text) => Promise.resolve(turned(Buffer.from(text))),
  decrypt: (sealed) => Promise.resolve(turned(sealed).toString()),
});

it('keeps a token sealed, for its owner only, over a restart', async () => {
  await withFolder(async (folder) => {
    const tokens = new KeyringRefreshTokens(folder, keyring(true));
    expect(await tokens.keeping()).toBe('keyring');
    await tokens.write('../../t1', TOKEN);
    const [name = ''] = await readdir(join(folder, 'sign-ins'));
    const file = join(folder, 'sign-ins', name);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).not.toContain(TOKEN);
    const later = new KeyringRefreshTokens(folder, keyring(true));
    expect(await later.read('../../t1')).toBe(TOKEN);
    expect(await later.read('t2')).toBeNull();
    await later.remove('../../t1');
    expect(await readdir(join(folder, 'sign-ins'))).toEqual([]);
  });
});

it('keeps it in memory only where there is no keyring: nothing is written', async () => {
  await withFolder(async (folder) => {
    const tokens = new KeyringRefreshTokens(folder, keyring(false));
    expect(await tokens.keeping()).toBe('memory');
    await tokens.write('t1', TOKEN);
    expect(await tokens.read('t1')).toBe(TOKEN);
    expect(await readdir(folder)).toEqual([]);
    expect(await new KeyringRefreshTokens(folder, keyring(false)).read('t1')).toBeNull();
  });
});

it('is signed out when the keyring has forgotten its key', async () => {
  await withFolder(async (folder) => {
    await new KeyringRefreshTokens(folder, keyring(true)).write('t1', TOKEN);
    const decrypt = (): Promise<string> => Promise.reject(new Error('no key'));
    const tokens = new KeyringRefreshTokens(folder, { ...keyring(true), decrypt });
    expect(await tokens.read('t1')).toBeNull();
  });
});
