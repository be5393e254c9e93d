import { createHash } from 'node:crypto';
import type { AuditEntry } from '../../../shared/contract/audit.ts';
import { auditEntry } from '../../../shared/contract/audit.ts';
import type { AuditRecord } from '../../ports/audit-log.ts';

/** What the first entry is chained to. */
export const CHAIN_START = '0'.repeat(64);

/** The entry that follows `previous`; its hash covers its content and everything before it. */
export function chained(record: AuditRecord, previous: AuditEntry | null): AuditEntry {
  const sequence = (previous?.sequence ?? 0) + 1;
  const before = previous?.hash ?? CHAIN_START;
  return { ...record, sequence, hash: hashOf({ ...record, sequence }, before) };
}

/**
 * Recomputes the chain over the lines of the file. `brokenAt` is the line number (= sequence) of the
 * first line that is not what was once written there.
 */
export function verifyChain(lines: readonly string[]): {
  entries: number;
  brokenAt: number | null;
} {
  let before = CHAIN_START;
  for (const [index, line] of lines.entries()) {
    const entry = parseEntry(line);
    if (entry === null || entry.sequence !== index + 1 || hashOf(entry, before) !== entry.hash) {
      return { entries: lines.length, brokenAt: index + 1 };
    }
    before = entry.hash;
  }
  return { entries: lines.length, brokenAt: null };
}

/** A line as an entry, or null when it is none. */
export function parseEntry(line: string): AuditEntry | null {
  try {
    return auditEntry.parse(JSON.parse(line));
  } catch {
    // Neither JSON nor an entry: whoever verifies says at which line.
    return null;
  }
}

/** The fields in a fixed order, so that the hash depends on the values only. */
function hashOf(entry: Omit<AuditEntry, 'hash'>, before: string): string {
  const { sequence, at, actor, target, action, subject, outcome, detail } = entry;
  const content = JSON.stringify([sequence, at, actor, target, action, subject, outcome, detail]);
  return createHash('sha256').update(before).update('\n').update(content).digest('hex');
}
