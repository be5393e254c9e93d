import type { AuditEntry } from '../../shared/contract/audit.ts';

export type AuditRecord = Omit<AuditEntry, 'sequence' | 'hash'>;

/** Append-only, hash-chained record of every mutation and its outcome. Never a secret. */
export interface AuditLog {
  append(record: AuditRecord): Promise<AuditEntry>;
  /** Newest first. */
  list(limit: number): Promise<readonly AuditEntry[]>;
  verify(): Promise<{ readonly entries: number; readonly brokenAt: number | null }>;
}
