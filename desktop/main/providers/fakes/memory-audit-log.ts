import type {
  AuditEntry,
  AuditExport,
  AuditFormat,
  AuditVerdict,
} from '../../../shared/contract/audit.ts';
import type { AuditLog, AuditRecord } from '../../ports/audit-log.ts';
import { chained, verifyChain } from '../audit/verify-chain.ts';

/** The same chain in memory. */
export class MemoryAuditLog implements AuditLog {
  readonly #entries: AuditEntry[] = [];

  async append(record: AuditRecord): Promise<AuditEntry> {
    await Promise.resolve();
    const entry = chained(record, this.#entries.at(-1) ?? null);
    this.#entries.push(entry);
    return entry;
  }

  async list(limit: number): Promise<readonly AuditEntry[]> {
    await Promise.resolve();
    return this.#entries.slice(-limit).reverse();
  }

  async verify(): Promise<AuditVerdict> {
    await Promise.resolve();
    const last = this.#entries.at(-1);
    const seal = last === undefined ? null : { entries: last.sequence, hash: last.hash, from: 1 };
    return verifyChain(
      this.#entries.map((entry) => JSON.stringify(entry)),
      seal,
    );
  }

  async export(format: AuditFormat): Promise<AuditExport> {
    await Promise.resolve();
    return { file: `memory/audit.${format}`, entries: this.#entries.length };
  }
}
