import { createHash } from 'node:crypto';
import type { AuditEntry, AuditVerdict } from '../../../shared/contract/audit.ts';
import { auditEntry } from '../../../shared/contract/audit.ts';
import type { AuditRecord } from '../../ports/audit-log.ts';
import type { AuditSeal } from './audit-seal.ts';

/** What the first entry is chained to. */
const CHAIN_START = '0'.repeat(64);

/** What the next entry is chained to: an entry, or what a seal says of the last one. */
export type ChainLink = Pick<AuditEntry, 'sequence' | 'hash'>;

/** The entry that follows `previous`; its hash covers its content and everything before it. */
export function chained(record: AuditRecord, previous: ChainLink | null): AuditEntry {
  const sequence = (previous?.sequence ?? 0) + 1;
  const before = previous?.hash ?? CHAIN_START;
  return { ...record, sequence, hash: hashOf({ ...record, sequence }, before) };
}

/**
 * Recomputes the chain over the lines of the file, then compares it with the seal. The number of the
 * first line that is not what was once written there, and what that means.
 */
export function verifyChain(
  lines: readonly string[],
  seal: AuditSeal | 'damaged' | null,
): AuditVerdict {
  const entries = lines.length;
  const sealedFrom = seal === null || seal === 'damaged' ? null : seal.from;
  const found = brokenLink(lines) ?? brokenSeal(lines, seal);
  return { entries, sealedFrom, brokenAt: found?.at ?? null, problem: found?.problem ?? null };
}

interface Finding {
  readonly at: number;
  readonly problem: string;
}

function brokenLink(lines: readonly string[]): Finding | null {
  let before = CHAIN_START;
  for (const [index, line] of lines.entries()) {
    const at = index + 1;
    const entry = parseEntry(line);
    if (entry === null) return { at, problem: `Line ${String(at)} is no entry.` };
    if (entry.sequence !== at || hashOf(entry, before) !== entry.hash) {
      return {
        at,
        problem: `Entry ${String(at)}, or one before it, was changed, moved or taken out.`,
      };
    }
    before = entry.hash;
  }
  return null;
}

function brokenSeal(lines: readonly string[], seal: AuditSeal | 'damaged' | null): Finding | null {
  const entries = lines.length;
  if (seal === 'damaged') return { at: entries, problem: 'The seal of the log can’t be read.' };
  // The first entry is written before there can be a seal.
  if (seal === null) {
    return entries < 2 ? null : { at: entries, problem: 'The seal of the log is missing.' };
  }
  const missing = seal.entries - entries;
  if (missing > 0) {
    const count = missing === 1 ? '1 entry is' : `${String(missing)} entries are`;
    return { at: entries + 1, problem: `${count} missing at the end of the log.` };
  }
  if (parseEntry(lines[seal.entries - 1] ?? '')?.hash === seal.hash) return null;
  return {
    at: seal.entries,
    problem: `The log was written anew: entry ${String(seal.entries)} is not the one that was sealed.`,
  };
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
