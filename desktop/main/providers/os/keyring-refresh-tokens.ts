import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RefreshTokens } from '../../ports/refresh-tokens.ts';
import { MemoryRefreshTokens } from './memory-refresh-tokens.ts';

/** The system's keyring: what it encrypts only the same account can read again. */
export interface Keyring {
  /** False without a keyring, and with one that would only pretend to protect. */
  isAvailable(): Promise<boolean>;
  encrypt(text: string): Promise<Buffer>;
  /** Throws when the keyring has forgotten its key. */
  decrypt(sealed: Buffer): Promise<string>;
}

/**
 * Refresh tokens, one sealed file each. Without a keyring they stay in memory: a token is never on
 * disk in clear.
 */
export class KeyringRefreshTokens implements RefreshTokens {
  readonly #folder: string;
  readonly #keyring: Keyring;
  readonly #memory = new MemoryRefreshTokens();

  constructor(stateFolder: string, keyring: Keyring) {
    this.#folder = join(stateFolder, 'sign-ins');
    this.#keyring = keyring;
  }

  async keeping(): Promise<'keyring' | 'memory'> {
    return (await this.#keyring.isAvailable()) ? 'keyring' : 'memory';
  }

  async read(target: string): Promise<string | null> {
    const held = await this.#memory.read(target);
    if (held !== null || !(await this.#keyring.isAvailable())) return held;
    try {
      return await this.#keyring.decrypt(await readFile(this.#fileOf(target)));
    } catch {
      // No file, or one that the keyring can't open any more: the operator signs in again.
      return null;
    }
  }

  async write(target: string, token: string): Promise<void> {
    if (!(await this.#keyring.isAvailable())) return this.#memory.write(target, token);
    const sealed = await this.#keyring.encrypt(token);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const fresh = `${this.#fileOf(target)}.tmp`;
    const file = await open(fresh, 'w', 0o600);
    try {
      await file.writeFile(sealed);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.#fileOf(target));
  }

  async remove(target: string): Promise<void> {
    await this.#memory.remove(target);
    await rm(this.#fileOf(target), { force: true });
  }

  /** Ids are made by the console, but settings can be edited: none may lead out of the folder. */
  #fileOf(target: string): string {
    return join(this.#folder, `${Buffer.from(target).toString('hex')}.sealed`);
  }
}
