import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LOCAL_SECRETS, SECRETS_FOLDER } from '@omni/contracts/local-cloud.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';

/** Reads the secrets that the local cloud made, from its state folder, every time they are needed. */
export class LocalSecrets implements StackSecrets {
  readonly #folder: string;

  constructor(stateFolder: string) {
    this.#folder = path.join(stateFolder, SECRETS_FOLDER);
  }

  gatewayAdminToken(): Promise<string> {
    return this.#read(LOCAL_SECRETS.gatewayAdminToken);
  }

  sampleTrafficKey(): Promise<string> {
    return this.#read(LOCAL_SECRETS.sampleTrafficKey);
  }

  async #read(name: string): Promise<string> {
    try {
      return (await readFile(path.join(this.#folder, name), 'utf8')).trim();
    } catch (error) {
      throw new DomainError({
        code: 'KEY_STORE_UNAVAILABLE',
        message: `The secret ${name} of the local cloud can’t be read.`,
        nextStep: 'Start the local cloud: it makes the secrets that are missing.',
        retryable: true,
        cause: error,
      });
    }
  }
}
