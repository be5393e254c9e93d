import type {
  AuditEntry,
  AuditExport,
  AuditFormat,
  AuditVerdict,
} from '../../shared/contract/audit.ts';

export type AuditRecord = Omit<AuditEntry, 'sequence' | 'hash'>;

/** Append-only, hash-chained, sealed record of every mutation and its outcome. Never a secret. */
export interface AuditLog {
  append(record: AuditRecord): Promise<AuditEntry>;
  /** Newest first. */
  list(limit: number): Promise<readonly AuditEntry[]>;
  verify(): Promise<AuditVerdict>;
  /** Writes everything to a file that only the operator can read, oldest first. */
  export(format: AuditFormat, at: number): Promise<AuditExport>;
}
