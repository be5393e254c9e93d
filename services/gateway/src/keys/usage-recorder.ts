import type { KeyRepository } from './key-repository.ts';

const FLUSH_EVERY_MS = 5_000;

/** Remembers when keys were last used and writes it in batches: one statement per 5 s at most. */
export class UsageRecorder {
  #pending = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  readonly #write: (lastUsed: ReadonlyMap<string, Date>) => Promise<void>;

  constructor(repositories: () => Promise<readonly KeyRepository[]>) {
    this.#write = async (lastUsed) => {
      for (const repository of await repositories()) await repository.recordUse(lastUsed);
    };
  }

  used(keyId: string): void {
    this.#pending.set(keyId, Date.now());
    this.#timer ??= setTimeout(() => {
      this.flush().catch(() => undefined);
    }, FLUSH_EVERY_MS).unref();
  }

  /** Never loses a time to a store that is away: what could not be written is kept. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Map();
    try {
      await this.#write(new Map([...batch].map(([id, at]) => [id, new Date(at)])));
    } catch (error) {
      for (const [id, at] of batch) {
        this.#pending.set(id, Math.max(at, this.#pending.get(id) ?? 0));
      }
      throw error;
    }
  }
}
