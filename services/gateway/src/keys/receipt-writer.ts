import { randomBytes } from 'node:crypto';
import type { KeyRepository } from './key-repository.ts';

/** While nothing changes, a receipt says this often that the instance is there. */
const REPEAT_EVERY_MS = 2_000;

/**
 * Writes how far this instance has come: at once when it enforces a new epoch, now and then while
 * it is busy. An instance can't be asked (its address is unknown), so it tells.
 */
export class ReceiptWriter {
  /** Of this process. */
  readonly instance: string;
  readonly #revision: string;
  readonly #repository: () => Promise<KeyRepository>;
  #writtenEpoch = -1;
  #writtenAt = -Infinity;
  #writing: Promise<void> | undefined;

  constructor(revision: string, repository: () => Promise<KeyRepository>) {
    this.instance = `${revision}-${randomBytes(4).toString('hex')}`;
    this.#revision = revision;
    this.#repository = repository;
  }

  /** The table was confirmed by a query of this age. Never throws: the next one tells again. */
  confirmed(epoch: number, ageMs: number): void {
    const now = performance.now();
    if (epoch === this.#writtenEpoch && now - this.#writtenAt < REPEAT_EVERY_MS) return;
    if (this.#writing !== undefined) return;
    this.#writtenEpoch = epoch;
    this.#writtenAt = now;
    this.#writing = this.#write(epoch, ageMs).finally(() => {
      this.#writing = undefined;
    });
  }

  /** An instance that ended in order is nobody to wait for. */
  async withdraw(): Promise<void> {
    await this.#writing;
    if (this.#writtenEpoch >= 0) await (await this.#repository()).withdraw(this.instance);
  }

  async #write(epoch: number, ageMs: number): Promise<void> {
    try {
      const receipt = { instance: this.instance, revision: this.#revision, epoch, ageMs };
      await (await this.#repository()).confirm(receipt);
    } catch {
      // The store went away after it was read; the table's next confirmation writes the receipt.
      this.#writtenEpoch = -1;
    }
  }
}
