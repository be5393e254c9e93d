import fs from 'node:fs';
import path from 'node:path';
import { decodeJournal, encodeRecord } from './journal.ts';
import type { JournalRecord } from './journal.ts';

const FILE = 'journal.jsonl';

/**
 * The append-only file. A record is in the kernel's hands when `append` returns, so a kill -9 loses
 * nothing; `flush` resolves when it is on the disk.
 */
export class JournalFile {
  readonly #dir: string;
  #fd: number;
  #bytes: number;
  #flushing: Promise<void> | null = null;
  #dirty = false;

  private constructor(dir: string, fd: number, bytes: number) {
    this.#dir = dir;
    this.#fd = fd;
    this.#bytes = bytes;
  }

  /** Opens the journal; a corrupt tail is cut off and the bent file kept beside it. */
  static open(dir: string): OpenedJournal {
    const file = path.join(dir, FILE);
    const content = fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
    const { records, goodBytes } = decodeJournal(content);
    let keptCopy: string | null = null;
    if (goodBytes < content.length) {
      keptCopy = path.join(dir, `journal.corrupt-${Date.now()}.jsonl`);
      fs.writeFileSync(keptCopy, content, { mode: 0o600 });
      fs.truncateSync(file, goodBytes);
    }
    const fd = fs.openSync(file, 'a', 0o600);
    return { journal: new JournalFile(dir, fd, goodBytes), records, keptCopy };
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(record: JournalRecord): void {
    const line = Buffer.from(encodeRecord(record));
    try {
      writeAll(this.#fd, line);
    } catch (error) {
      // Half a record would make the next start drop everything that is written after it.
      fs.ftruncateSync(this.#fd, this.#bytes);
      throw error;
    }
    this.#bytes += line.length;
    this.#dirty = true;
  }

  /** Waits until everything appended so far is on the disk; callers share one sync. */
  async flush(): Promise<void> {
    while (this.#dirty || this.#flushing !== null) {
      this.#flushing ??= this.#sync();
      await this.#flushing;
    }
  }

  async #sync(): Promise<void> {
    this.#dirty = false;
    try {
      await new Promise<void>((resolve, reject) => {
        fs.fdatasync(this.#fd, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      });
    } finally {
      this.#flushing = null;
    }
  }

  /** Replaces the file by the given records: written aside, synced, renamed over. */
  async rewrite(records: Iterable<JournalRecord>): Promise<void> {
    await this.flush();
    const file = path.join(this.#dir, FILE);
    const next = writeAside(`${file}.next`, records);
    try {
      fs.renameSync(`${file}.next`, file);
    } catch (error) {
      next.discard();
      throw error;
    }
    fs.closeSync(this.#fd);
    this.#fd = next.fd;
    this.#bytes = next.bytes;
    syncFolder(this.#dir);
  }

  async close(): Promise<void> {
    await this.flush();
    fs.closeSync(this.#fd);
  }
}

export interface OpenedJournal {
  readonly journal: JournalFile;
  readonly records: readonly JournalRecord[];
  /** Where a bent file was kept, or null when it was whole. */
  readonly keptCopy: string | null;
}

/** `writeSync` may write less than it was given, for one when the disk is almost full. */
function writeAll(fd: number, content: Buffer): void {
  for (let done = 0; done < content.length;) done += fs.writeSync(fd, content, done);
}

interface WrittenAside {
  /** Open for appending: it stays the journal's when the file is renamed. */
  readonly fd: number;
  readonly bytes: number;
  readonly discard: () => void;
}

/** Writes the records to a new file and syncs it; leaves none when that fails. */
function writeAside(file: string, records: Iterable<JournalRecord>): WrittenAside {
  fs.rmSync(file, { force: true });
  const fd = fs.openSync(file, 'a', 0o600);
  const discard = (): void => {
    fs.closeSync(fd);
    fs.rmSync(file, { force: true });
  };
  try {
    let bytes = 0;
    for (const record of records) {
      const line = Buffer.from(encodeRecord(record));
      writeAll(fd, line);
      bytes += line.length;
    }
    fs.fsyncSync(fd);
    return { fd, bytes, discard };
  } catch (error) {
    discard();
    throw error;
  }
}

/** A rename is durable only when the folder is synced too. */
function syncFolder(dir: string): void {
  const fd = fs.openSync(dir, 'r');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}
