import type {
  JournalEntry,
  JournalReading,
  OperationJournal,
} from '../../ports/operation-journal.ts';

/** A journal in memory; remembers every write, so that a test can look at their order. */
export class MemoryJournal implements OperationJournal {
  readonly writes: JournalEntry[] = [];
  #failure: Error | null = null;

  constructor(entries: readonly JournalEntry[] = []) {
    this.writes.push(...entries);
  }

  /** From now on writing fails with this error, as on a full disk; null ends it. */
  failWrites(failure: Error | null): void {
    this.#failure = failure;
  }

  async write(entry: JournalEntry): Promise<void> {
    await Promise.resolve();
    if (this.#failure !== null) throw this.#failure;
    this.writes.push(structuredClone(entry));
  }

  async readAll(): Promise<JournalReading> {
    await Promise.resolve();
    const newest = new Map(this.writes.map((entry) => [entry.operation.id, entry]));
    const entries = [...newest.values()];
    entries.sort((a, b) => a.operation.createdAt - b.operation.createdAt);
    return { entries, unreadable: 0 };
  }
}
