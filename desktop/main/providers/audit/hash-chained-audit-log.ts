import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AuditEntry } from '../../../shared/contract/audit.ts';
import type { AuditLog, AuditRecord } from '../../ports/audit-log.ts';
import type { Logger } from '../../ports/logger.ts';
import { chained, parseEntry, verifyChain } from './verify-chain.ts';

/**
 * One JSON line per entry, each hashed together with the hash of the one before it: a line that is
 * changed, moved, or removed before the last one afterwards no longer fits, and `verify` names it.
 * Whole lines removed from the end are not noticed: nothing after them would have to fit.
 */
export class HashChainedAuditLog implements AuditLog {
  readonly #file: string;
  readonly #log: Logger;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  append(record: AuditRecord): Promise<AuditEntry> {
    // One after the other: each entry needs the hash of the one before it.
    const appended = this.#tail.then(() => this.#append(record));
    this.#tail = appended.catch(() => undefined);
    return appended;
  }

  async list(limit: number): Promise<readonly AuditEntry[]> {
    const entries = (await this.#lines()).slice(-limit).map(parseEntry);
    return entries.filter((entry) => entry !== null).reverse();
  }

  async verify(): Promise<{ entries: number; brokenAt: number | null }> {
    return verifyChain(await this.#lines());
  }

  async #append(record: AuditRecord): Promise<AuditEntry> {
    // Read anew each time: what is on the disk is the chain, not what this process remembers.
    const text = await this.#withoutTornEnd(await this.#readText());
    const last = linesOf(text)
      .map(parseEntry)
      .findLast((entry) => entry !== null);
    const entry = chained(record, last ?? null);
    const unended = text !== '' && !text.endsWith('\n');
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = await open(this.#file, 'a', 0o600);
    try {
      await file.appendFile(`${unended ? '\n' : ''}${JSON.stringify(entry)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    return entry;
  }

  /**
   * A crash while a line was written leaves the beginning of one. It would break the chain for ever,
   * so it is cut off; a copy stays beside the log.
   */
  async #withoutTornEnd(text: string): Promise<string> {
    const start = text.lastIndexOf('\n') + 1;
    const torn = text.slice(start);
    if (torn === '' || parseEntry(torn) !== null) return text;
    const copy = `${this.#file}.torn-${String(Date.now())}`;
    await writeFile(copy, torn, { mode: 0o600 });
    const whole = text.slice(0, start);
    await truncate(this.#file, Buffer.byteLength(whole));
    this.#log.warn('a torn line was cut off the audit log', { copy });
    return whole;
  }

  async #lines(): Promise<readonly string[]> {
    await this.#tail;
    return linesOf(await this.#readText());
  }

  async #readText(): Promise<string> {
    try {
      return await readFile(this.#file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  }
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
