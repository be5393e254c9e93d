/**
 * An app that only keeps a refresh token, as the console does, and prints what it saw: run in the
 * real Electron by e2e/security/keyring.spec.ts.
 *
 * A machine that runs tests has no keyring. Chromium's own cipher with a key that everybody knows
 * stands for one, when the story asks for it: what is encrypted, stored and read again is the same.
 */
import { once } from 'node:events';
import process from 'node:process';
import { app, safeStorage } from 'electron';
import type { Keyring } from './keyring-refresh-tokens.ts';
import { KeyringRefreshTokens } from './keyring-refresh-tokens.ts';
import { safeStorageKeyring } from './safe-storage-keyring.ts';

const { KEYRING_STATE: state = '', KEYRING_TOKEN: token = '', KEYRING_KEY: key } = process.env;

async function keep(): Promise<object> {
  if (key === 'known') safeStorage.setUsePlainTextEncryption(true);
  const isAvailable = await safeStorageKeyring.isAvailable();
  const keyring: Keyring =
    key === 'known'
      ? { ...safeStorageKeyring, isAvailable: () => Promise.resolve(true) }
      : safeStorageKeyring;
  const tokens = new KeyringRefreshTokens(state, keyring);
  const before = await tokens.read('t1');
  if (token !== '') await tokens.write('t1', token);
  return { isAvailable, keeping: await tokens.keeping(), before, after: await tokens.read('t1') };
}

async function run(): Promise<void> {
  if (!app.isReady()) await once(app, 'ready');
  process.stdout.write(`${JSON.stringify(await keep())}\n`);
  app.exit(0);
}

run().catch((error: unknown) => {
  console.error(error);
  app.exit(1);
});
