import { copyFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from '../../ports/logger.ts';
import type {
  JournalEntry,
  JournalReading,
  OperationJournal,
} from '../../ports/operation-journal.ts';
import { syncFolder } from '../os/sync-folder.ts';
import { parseJournalLine } from './journal-line.ts';
import { keptEntries } from './kept-entries.ts';

export interface JournalOptions {
  readonly file: string;
  readonly log: Logger;
  /** From this size on the file is written anew with what is worth its room. */
  readonly maxBytes?: number;
}

const MAX_BYTES = 4 * 1024 * 1024;

/**
 * One JSON line per entry, appended and forced to disk before `write` resolves. A line that a crash
 * tore off is skipped when it is read: the entry before it is still the truth. The file stays
 * bounded: when it is large it is replaced, in one step, by what is worth keeping of it.
 */
export class FileOperationJournal implements OperationJournal {
  readonly #file: string;
  readonly #log: Logger;
  #tail: Promise<unknown> = Promise.resolve();
  #compactAt: number;

  constructor({ file, log, maxBytes = MAX_BYTES }: JournalOptions) {
    this.#file = file;
    this.#log = log;
    this.#compactAt = maxBytes;
  }

  write(entry: JournalEntry): Promise<void> {
    // One after the other: two appends at once could tear each other's lines.
    return this.#inTurn(async () => {
      const size = await this.#append(`${JSON.stringify(entry)}\n`);
      if (size >= this.#compactAt) await this.#compact();
    });
  }

  /** Damaged lines are left out of the file too; the file as it was is kept beside it. */
  readAll(): Promise<JournalReading> {
    return this.#inTurn(async () => {
      const reading = await this.#read();
      if (reading.unreadable > 0) await this.#setAside(reading.unreadable);
      return reading;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => undefined);
    return done;
  }

  /** Size of the file afterwards. */
  async #append(line: string): Promise<number> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = await open(this.#file, 'a+', 0o600);
    try {
      await file.appendFile((await endsTorn(file)) ? `\n${line}` : line);
      await file.sync();
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  }

  async #read(): Promise<JournalReading> {
    const newest = new Map<string, JournalEntry>();
    let unreadable = 0;
    for (const line of (await this.#readText()).split('\n')) {
      if (line === '') continue;
      const entry = parsed(line);
      if (entry === null) unreadable += 1;
      else newest.set(entry.operation.id, entry);
    }
    const entries = [...newest.values()];
    entries.sort((a, b) => a.operation.createdAt - b.operation.createdAt);
    return { entries, unreadable };
  }

  async #setAside(unreadable: number): Promise<void> {
    const copy = `${this.#file}.damaged-${String(Date.now())}`;
    await copyFile(this.#file, copy);
    await this.#compact();
    this.#log.warn('journal lines could not be read and were left out', { unreadable, copy });
  }

  async #compact(): Promise<void> {
    const { entries } = await this.#read();
    const text = keptEntries(entries)
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join('');
    const fresh = `${this.#file}.tmp`;
    const file = await open(fresh, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, this.#file);
    await syncFolder(dirname(this.#file));
    // What is worth keeping may be large itself: not every write may cost a compaction.
    this.#compactAt = Math.max(this.#compactAt, 2 * Buffer.byteLength(text));
  }

  async #readText(): Promise<string> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }
}

function parsed(line: string): JournalEntry | null {
  try {
    return parseJournalLine(line);
  } catch {
    // Counted and said by whoever reads the file.
    return null;
  }
}

/** Did a crash leave a line without its end? The next one must not be glued to it. */
async function endsTorn(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
