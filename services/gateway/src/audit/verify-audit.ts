import type { AuditVerification } from '@omni/contracts/gateway-admin/audit.ts';
import { FIRST_PREV_HASH, hashEntry } from './hash-entry.ts';
import { readAuditBatch } from './read-audit.ts';
import type { AuditReader } from './read-audit.ts';

const BATCH = 500;

type Broken = NonNullable<AuditVerification['firstBroken']>;

/**
 * Goes through the whole chain and names the first row that does not fit: changed (its own hash
 * differs), put in another place (its link differs), or missing - also from the end, because the
 * head says how many there are.
 */
export async function verifyAudit(read: AuditReader): Promise<AuditVerification> {
  // The head first: rows that are written meanwhile lie behind it and are left for the next time.
  const [row] = await read<{ count: string; hash: string }>(
    "SELECT count, encode(hash, 'hex') AS hash FROM audit_head",
  );
  const head = { count: Number(row?.count ?? 0), hash: row?.hash ?? FIRST_PREV_HASH };
  let previous = { seq: 0, hash: FIRST_PREV_HASH };
  const result = (firstBroken: Broken | null): AuditVerification => ({
    ...{ ok: firstBroken === null, checked: previous.seq, head, firstBroken },
  });
  while (previous.seq < head.count) {
    const limit = Math.min(BATCH, head.count - previous.seq);
    const rows = await readAuditBatch(read, { after: previous.seq, limit });
    for (const entry of rows) {
      const problem = problemOf(entry, previous);
      if (problem !== null) return result(problem);
      previous = entry;
    }
    if (rows.length < limit) return result({ seq: previous.seq + 1, problem: 'missing' });
  }
  if (previous.hash !== head.hash) return result({ seq: previous.seq, problem: 'head_differs' });
  return result(await surplus(read, head.count));
}

type Entry = Awaited<ReturnType<typeof readAuditBatch>>[number];

function problemOf(entry: Entry, previous: { seq: number; hash: string }): Broken | null {
  const seq = previous.seq + 1;
  if (entry.seq !== seq) return { seq, problem: 'missing' };
  if (entry.prevHash !== previous.hash) return { seq, problem: 'link_differs' };
  return hashEntry(entry) === entry.hash ? null : { seq, problem: 'hash_differs' };
}

/** Rows behind a head that was set back; the head is read again, since others may have written. */
async function surplus(read: AuditReader, counted: number): Promise<Broken | null> {
  const [row] = await read<{ newest: string; count: string }>(
    'SELECT coalesce(max(seq), 0) AS newest, (SELECT count FROM audit_head) AS count FROM audit',
  );
  const count = Number(row?.count ?? counted);
  return Number(row?.newest ?? 0) > count ? { seq: count + 1, problem: 'head_differs' } : null;
}
