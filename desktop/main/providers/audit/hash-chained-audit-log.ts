import { mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type {
  AuditEntry,
  AuditExport,
  AuditFormat,
  AuditVerdict,
} from '../../../shared/contract/audit.ts';
import type { AuditLog, AuditRecord } from '../../ports/audit-log.ts';
import type { Logger } from '../../ports/logger.ts';
import type { AuditSeal } from './audit-seal.ts';
import { readSeal, writeSeal } from './audit-seal.ts';
import { auditText } from './audit-text.ts';
import type { ChainLink } from './verify-chain.ts';
import { chained, parseEntry, verifyChain } from './verify-chain.ts';

/**
 * One JSON line per entry, each hashed together with the hash of the one before it: a line that is
 * changed, moved or removed afterwards no longer fits, and `verify` names it. A seal beside the log
 * says how many entries there are and how it ends, so that lines cut off at the end are noticed too.
 */
export class HashChainedAuditLog implements AuditLog {
  readonly #file: string;
  readonly #sealFile: string;
  readonly #log: Logger;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#sealFile = `${file}.seal`;
    this.#log = log;
  }

  append(record: AuditRecord): Promise<AuditEntry> {
    // One after the other: each entry needs the hash of the one before it.
    const appended = this.#tail.then(() => this.#append(record));
    this.#tail = appended.catch(() => undefined);
    return appended;
  }

  async list(limit: number): Promise<readonly AuditEntry[]> {
    return (await this.#entries()).slice(-limit).reverse();
  }

  async verify(): Promise<AuditVerdict> {
    const lines = await this.#lines();
    return verifyChain(lines, await readSeal(this.#sealFile));
  }

  async export(format: AuditFormat, at: number): Promise<AuditExport> {
    const entries = await this.#entries();
    const folder = join(dirname(this.#file), 'exports');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stamp = new Date(at).toISOString().replaceAll(/[:.]/g, '-');
    const file = join(folder, `audit-${stamp}.${format}`);
    await writeFile(file, auditText(entries, format), { mode: 0o600 });
    return { file, entries: entries.length };
  }

  async #append(record: AuditRecord): Promise<AuditEntry> {
    // Read anew each time: what is on the disk is the chain, not what this process remembers.
    const text = await this.#withoutTornEnd(await this.#readText());
    const last = linesOf(text)
      .map(parseEntry)
      .findLast((entry) => entry !== null);
    const seal = await this.#seal();
    const entry = chained(record, linkAfter(last ?? null, seal));
    const unended = text !== '' && !text.endsWith('\n');
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = await open(this.#file, 'a', 0o600);
    try {
      await file.appendFile(`${unended ? '\n' : ''}${JSON.stringify(entry)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#sealUp(entry, seal?.from ?? (entry.sequence <= 2 ? 1 : entry.sequence));
    return entry;
  }

  async #seal(): Promise<AuditSeal | null> {
    const seal = await readSeal(this.#sealFile);
    return seal === 'damaged' ? null : seal;
  }

  /** Only once the entry is on disk; one that is missing is made up for by the next. */
  async #sealUp({ sequence, hash }: AuditEntry, from: number): Promise<void> {
    try {
      await writeSeal(this.#sealFile, { entries: sequence, hash, from });
    } catch (error) {
      this.#log.error('the seal of the audit log could not be written', error);
    }
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

  async #entries(): Promise<readonly AuditEntry[]> {
    return (await this.#lines()).map(parseEntry).filter((entry) => entry !== null);
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

/**
 * A log that is shorter than its seal lost its end. What is written now goes where it would have
 * gone: the gap stays visible for ever, and isn't covered by the next seal.
 */
function linkAfter(last: AuditEntry | null, seal: AuditSeal | null): ChainLink | null {
  if (seal === null || seal.entries <= (last?.sequence ?? 0)) return last;
  return { sequence: seal.entries, hash: seal.hash };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
