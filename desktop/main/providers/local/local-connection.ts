import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';
import { CONNECTION_FILE, localCloudConnection } from '@omni/contracts/local-cloud.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { isSameProcess } from './is-same-process.ts';

/** The running local cloud as its connection file describes it; the file is read when it changes. */
export class LocalConnection {
  readonly #file: string;
  #known: { readonly stamp: string; readonly connection: LocalCloudConnection } | null = null;

  /** @param stateFolder folder that the local cloud was started with (`--state`) */
  constructor(stateFolder: string) {
    this.#file = path.join(stateFolder, CONNECTION_FILE);
  }

  /** Throws TARGET_UNREACHABLE with the reason: not started, died, or a file that makes no sense. */
  async get(): Promise<LocalCloudConnection> {
    const stamp = await this.#stamp();
    if (this.#known?.stamp !== stamp) this.#known = { stamp, connection: await this.#read() };
    const { connection } = this.#known;
    if (await isSameProcess(connection)) return connection;
    throw unreachable(
      `The local cloud has ended (process ${String(connection.pid)} is gone).`,
      null,
    );
  }

  async #stamp(): Promise<string> {
    try {
      const { mtimeMs, ino, size } = await stat(this.#file);
      return `${String(mtimeMs)} ${String(ino)} ${String(size)}`;
    } catch (error) {
      this.#known = null;
      throw unreachable('The local cloud isn’t running.', error);
    }
  }

  async #read(): Promise<LocalCloudConnection> {
    try {
      return localCloudConnection.parse(JSON.parse(await readFile(this.#file, 'utf8')));
    } catch (error) {
      throw unreachable('The local cloud’s connection file can’t be read.', error);
    }
  }
}

/** TARGET_UNREACHABLE in the words of the local target. */
export function unreachable(message: string, cause: unknown): DomainError {
  return new DomainError({
    code: 'TARGET_UNREACHABLE',
    message,
    nextStep: 'Start the console with `npm start`: it starts the local cloud too.',
    retryable: true,
    cause,
  });
}
