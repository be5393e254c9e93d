import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { operation as operationSchema } from '../../../shared/contract/operations.ts';
import type { Logger } from '../../ports/logger.ts';
import type { JournalEntry, OperationJournal } from '../../ports/operation-journal.ts';

const journalEntry: z.ZodType<JournalEntry> = z.object({
  operation: operationSchema,
  remoteName: z.string().nullable(),
  revision: z.string().nullable(),
});

/**
 * One JSON line per entry, appended and forced to disk before `write` resolves. A line that a crash
 * tore off is skipped when it is read: the entry before it is still the truth.
 */
export class FileOperationJournal implements OperationJournal {
  readonly #file: string;
  readonly #log: Logger;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  write(entry: JournalEntry): Promise<void> {
    // One after the other: two appends at once could tear each other's lines.
    const written = this.#tail.then(() => this.#append(`${JSON.stringify(entry)}\n`));
    this.#tail = written.catch(() => undefined);
    return written;
  }

  async readAll(): Promise<readonly JournalEntry[]> {
    await this.#tail;
    const newest = new Map<string, JournalEntry>();
    for (const line of (await this.#readText()).split('\n')) {
      const entry = line === '' ? null : this.#parse(line);
      if (entry !== null) newest.set(entry.operation.id, entry);
    }
    return [...newest.values()].sort((a, b) => a.operation.createdAt - b.operation.createdAt);
  }

  async #append(line: string): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = await open(this.#file, 'a+', 0o600);
    try {
      await file.appendFile((await endsTorn(file)) ? `\n${line}` : line);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #readText(): Promise<string> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  #parse(line: string): JournalEntry | null {
    try {
      return journalEntry.parse(JSON.parse(line));
    } catch (error) {
      this.#log.warn('a journal line could not be read and was skipped', {
        line: line.slice(0, 80),
        error: error instanceof Error ? error.name : String(error),
      });
      return null;
    }
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
