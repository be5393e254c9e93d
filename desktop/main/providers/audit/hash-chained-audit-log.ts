import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
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
import type { FileStamp } from './audit-tail.ts';
import { isSameFile, readTail, stampOf } from './audit-tail.ts';
import { auditText } from './audit-text.ts';
import type { ChainLink } from './verify-chain.ts';
import { chained, parseEntry, verifyChain } from './verify-chain.ts';

/** Where the next entry goes. */
interface LogEnd {
  readonly last: AuditEntry | null;
  /** The last line lacks its end. */
  readonly unended: boolean;
  readonly size: bigint;
}

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
  /** The last entry of this process, and the file as it was right after it. */
  #known: { readonly stamp: FileStamp; readonly last: AuditEntry } | null = null;

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
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const file = await open(this.#file, 'a+', 0o600);
    try {
      const end = await this.#endOf(file);
      const seal = await this.#seal();
      const entry = chained(record, linkAfter(end.last, seal));
      const text = `${end.unended ? '\n' : ''}${JSON.stringify(entry)}\n`;
      await file.appendFile(text);
      await file.sync();
      const stamp = await stampOf(file);
      // A line of somebody else in between shows in the size: then the end is read again.
      const alone = stamp.size === end.size + BigInt(Buffer.byteLength(text));
      this.#known = alone ? { stamp, last: entry } : null;
      await this.#sealUp(entry, seal?.from ?? (entry.sequence <= 2 ? 1 : entry.sequence));
      return entry;
    } catch (error) {
      this.#known = null;
      throw error;
    } finally {
      await file.close();
    }
  }

  /**
   * How the log on the disk ends: as this process left it, when nobody touched it since, and as its
   * last lines say otherwise.
   */
  async #endOf(file: FileHandle): Promise<LogEnd> {
    const stamp = await stampOf(file);
    const known = this.#known;
    if (known !== null && isSameFile(known.stamp, stamp)) {
      return { last: known.last, unended: false, size: stamp.size };
    }
    const { last, rest } = await readTail(file, Number(stamp.size));
    if (rest.length === 0) return { last, unended: false, size: stamp.size };
    if (parseEntry(rest.toString('utf8')) !== null) {
      return { last, unended: true, size: stamp.size };
    }
    const size = stamp.size - BigInt(rest.length);
    await this.#cutOff(file, rest, Number(size));
    return { last, unended: false, size };
  }

  /**
   * A crash while a line was written leaves the beginning of one. It would break the chain for ever,
   * so it is cut off; a copy stays beside the log.
   */
  async #cutOff(file: FileHandle, torn: Buffer, size: number): Promise<void> {
    const copy = `${this.#file}.torn-${String(Date.now())}`;
    await writeFile(copy, torn, { mode: 0o600 });
    await file.truncate(size);
    this.#log.warn('a torn line was cut off the audit log', { copy });
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
