import { randomBytes, randomInt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { LOCAL_SECRETS, SECRETS_FOLDER } from '@omni/contracts/local-cloud.ts';
import { codeOf } from '../start-failure.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const LATEST = 'latest';
const VERSION = /^(?:latest|[1-9]\d{0,8})$/;

/** One file per version of a secret in `STATE/secrets`, mode 0600, the bare value. */
export class SecretStore {
  readonly #dir: string;

  constructor(stateDir: string) {
    this.#dir = path.join(stateDir, SECRETS_FOLDER);
  }

  /** Makes the folder and the secrets that the services need and nobody has set. */
  createMissing(): void {
    fs.mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    fs.chmodSync(this.#dir, 0o700);
    this.#create(LOCAL_SECRETS.gatewayAdminToken, () => randomText(40));
    this.#create(LOCAL_SECRETS.keyPeppers, () => `1:${randomBytes(32).toString('base64')}`);
    this.#create(LOCAL_SECRETS.sampleTrafficKey, () => randomText(40));
    this.#create(LOCAL_SECRETS.principalSecret, () => randomText(48));
  }

  /**
   * The value of a secret (a full resource name or the bare one), or null when it is missing. The bare
   * file is its latest version, and its first one unless there is a file for that; older versions are
   * files `NAME@VERSION`.
   */
  read(secret: string, version = LATEST): string | null {
    const name = secret.slice(secret.lastIndexOf('/') + 1);
    if (!NAME.test(name) || !VERSION.test(version)) return null;
    if (version === LATEST) return this.#readFile(name);
    return this.#readFile(`${name}@${version}`) ?? (version === '1' ? this.#readFile(name) : null);
  }

  #readFile(file: string): string | null {
    try {
      return fs.readFileSync(path.join(this.#dir, file), 'utf8').trim();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  #create(name: string, make: () => string): void {
    try {
      fs.writeFileSync(path.join(this.#dir, name), make(), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
