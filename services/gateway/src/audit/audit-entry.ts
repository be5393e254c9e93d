/** Who may act: the roles of the admin API, and `system` for what the gateway does by itself. */
export type AuditRole = 'viewer' | 'operator' | 'admin' | 'system';

/** Who made a change and why; the same for every entry that one request writes. */
export interface AuditOrigin {
  /** Name of the credential or e-mail address; never a credential itself. */
  actor: string;
  role: AuditRole;
  /** In the operator's words; empty when none were given. */
  reason: string;
  /** Finds the request in the logs. */
  requestId: string;
}

/** One change, as the audit log keeps it. */
export interface AuditEntry extends AuditOrigin {
  /** `<noun>.<verb>`, for example `key.revoke` or `config.put`. */
  action: string;
  /** What was changed, for example `key:0A1b2C3d4E5f`. */
  target: string;
  /** JSON without secrets and digests; null when there was or is nothing. */
  before: unknown;
  after: unknown;
}

/** An entry as it was written. */
export interface AuditRow extends AuditEntry {
  /** 1, 2, 3 without gaps. */
  seq: number;
  /** Clock of the store, milliseconds. */
  at: string;
  /** Hash of the entry before, 64 hex digits; zeros before the first. */
  prevHash: string;
  /** SHA-256 over the canonical JSON of everything above, 64 hex digits. */
  hash: string;
}
