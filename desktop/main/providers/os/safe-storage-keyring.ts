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
 * Electron's safeStorage. Newer releases deprecate the synchronous calls and older ones have no
 * others, so what is there decides.
 */
export const safeStorageKeyring: Keyring = {
  async isAvailable() {
    if (!(await canEncrypt())) return false;
    // A key that is the same on every computer protects nothing.
    return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
  },
  async encrypt(text) {
    return isAsync() ? safeStorage.encryptStringAsync(text) : older.encryptString(text);
  },
  async decrypt(sealed) {
    if (!isAsync()) return older.decryptString(sealed);
    return (await safeStorage.decryptStringAsync(sealed)).result;
  },
};

async function canEncrypt(): Promise<boolean> {
  return isAsync() ? safeStorage.isAsyncEncryptionAvailable() : older.isEncryptionAvailable();
}

function isAsync(): boolean {
  return typeof (safeStorage as Partial<typeof safeStorage>).encryptStringAsync === 'function';
}
