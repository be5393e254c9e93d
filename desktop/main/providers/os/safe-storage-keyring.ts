import process from 'node:process';
import { safeStorage } from 'electron';
import type { Keyring } from './keyring-refresh-tokens.ts';

/** What releases before the asynchronous calls have, and what newer ones call deprecated. */
interface OlderStorage {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
}
const older: OlderStorage = safeStorage;

/**
 * How Chromium on Linux marks what it encrypted with a key that is the same on every computer, which
 * protects nothing. Newer releases call that available, and name no backend until an older call was
 * made: so what it does is looked at, not what it says.
 */
const KNOWN_KEY = Buffer.from('v10');

/**
 * Electron's safeStorage. Newer releases deprecate the synchronous calls and older ones have no
 * others, so what is there decides.
 */
export const safeStorageKeyring: Keyring = {
  async isAvailable() {
    if (!(await canEncrypt())) return false;
    if (process.platform !== 'linux') return true;
    try {
      return !(await encrypt('probe')).subarray(0, KNOWN_KEY.length).equals(KNOWN_KEY);
    } catch {
      // A keyring that doesn't encrypt is none.
      return false;
    }
  },
  encrypt,
  async decrypt(sealed) {
    if (!isAsync()) return older.decryptString(sealed);
    return (await safeStorage.decryptStringAsync(sealed)).result;
  },
};

async function encrypt(text: string): Promise<Buffer> {
  return isAsync() ? safeStorage.encryptStringAsync(text) : older.encryptString(text);
}

async function canEncrypt(): Promise<boolean> {
  return isAsync() ? safeStorage.isAsyncEncryptionAvailable() : older.isEncryptionAvailable();
}

function isAsync(): boolean {
  return typeof (safeStorage as Partial<typeof safeStorage>).encryptStringAsync === 'function';
}
