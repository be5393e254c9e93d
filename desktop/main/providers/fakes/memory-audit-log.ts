import type { AuditEntry } from '../../../shared/contract/audit.ts';
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

  async verify(): Promise<{ entries: number; brokenAt: number | null }> {
    await Promise.resolve();
    return verifyChain(this.#entries.map((entry) => JSON.stringify(entry)));
  }
}
