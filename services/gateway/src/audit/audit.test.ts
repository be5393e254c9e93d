import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { openAdminDatabase } from '../admin/store/admin-database.ts';
import type { AdminDatabase } from '../admin/store/admin-database.ts';
import { openPostgresKeyRepository } from '../keys/postgres-key-repository.ts';
import { appendAudit } from './append-audit.ts';
import type { AuditEntry } from './audit-entry.ts';
import { canonicalJson } from './canonical-json.ts';
import { readAuditBatch, readAuditPage } from './read-audit.ts';
import { verifyAudit } from './verify-audit.ts';

let postgres: TestPostgres;
let database: AdminDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
  await (await openPostgresKeyRepository(postgres.url)).close();
  database = await openAdminDatabase(postgres.url);
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

const entry: AuditEntry = {
  ...{ actor: 'ada@example.com', role: 'admin', reason: 'why', requestId: 'r-1' },
  ...{ action: 'key.patch', target: 'key:1' },
  before: { z: 1, a: [null, { b: 'ä', a: 2.5 }] },
  after: null,
};

/** What an owner of the database could do; nobody else can. */
async function tamper(sql: string): Promise<void> {
  await database.query('ALTER TABLE audit DISABLE TRIGGER audit_append_only');
  await database.query(sql);
  await database.query('ALTER TABLE audit ENABLE TRIGGER audit_append_only');
}

async function append(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    await database.transaction((client) => appendAudit(client, { ...entry, reason: `no. ${i}` }));
  }
}

beforeEach(async () => {
  await tamper(
    "DELETE FROM audit; UPDATE audit_head SET count = 0, hash = decode(repeat('00', 32), 'hex')",
  );
  await append(5);
});

describe('the audit log', () => {
  it('is whole after concurrent writers', async () => {
    await Promise.all(Array.from({ length: 10 }, () => append(1)));
    expect(await verifyAudit(database.query)).toMatchObject({
      ok: true,
      checked: 15,
      firstBroken: null,
    });
  });

  it('keeps what a transaction committed, and nothing of one that failed', async () => {
    const failing = database.transaction(async (client) => {
      await appendAudit(client, entry);
      throw new Error('after the entry');
    });
    await expect(failing).rejects.toThrow();
    expect(await verifyAudit(database.query)).toMatchObject({ ok: true, checked: 5 });
  });

  it('can be checked by anyone: SHA-256 of the canonical JSON of everything but the hash', async () => {
    const [row] = await readAuditBatch(database.query, { after: 4, limit: 1 });
    const { hash, ...rest } = row ?? { hash: '' };
    expect(createHash('sha256').update(canonicalJson(rest)).digest('hex')).toBe(hash);
  });

  it('refuses changes of its rows', async () => {
    for (const sql of ['UPDATE audit SET actor = 1', 'DELETE FROM audit', 'TRUNCATE audit']) {
      await expect(database.query(sql)).rejects.toThrow('append-only');
    }
  });

  it.each([
    ['a changed reason', "UPDATE audit SET reason = 'other' WHERE seq = 3", 3, 'hash_differs'],
    [
      'a changed time',
      "UPDATE audit SET at = at + interval '1 ms' WHERE seq = 2",
      2,
      'hash_differs',
    ],
    ['a changed value', "UPDATE audit SET before = '{}' WHERE seq = 1", 1, 'hash_differs'],
    ['a row taken out', 'DELETE FROM audit WHERE seq = 2', 2, 'missing'],
    ['rows gone from the end', 'DELETE FROM audit WHERE seq > 3', 4, 'missing'],
    ['all rows gone', 'DELETE FROM audit', 1, 'missing'],
    [
      'two rows exchanged',
      'UPDATE audit SET seq = -seq WHERE seq IN (2, 3); UPDATE audit SET seq = seq + 5 WHERE seq < 0',
      2,
      'link_differs',
    ],
    [
      'a row written anew with a fitting hash',
      `UPDATE audit SET reason = 'x', hash = decode(repeat('11', 32), 'hex') WHERE seq = 5`,
      5,
      'hash_differs',
    ],
    [
      'a head set back',
      'UPDATE audit_head SET count = 4, hash = (SELECT hash FROM audit WHERE seq = 4)',
      5,
      'head_differs',
    ],
    [
      'another head',
      `UPDATE audit_head SET hash = decode(repeat('11', 32), 'hex')`,
      5,
      'head_differs',
    ],
  ])('names the first broken row: %s', async (_name, sql, seq, problem) => {
    await tamper(sql);
    expect(await verifyAudit(database.query)).toMatchObject({
      ok: false,
      firstBroken: { seq, problem },
    });
  });

  it('is read newest first, by condition and page', async () => {
    const query = { limit: 2, target: 'key:1' };
    const first = await readAuditPage(database.query, query);
    expect(first.entries.map(({ seq }) => seq)).toEqual([5, 4]);
    const cursor = first.nextCursor ?? '';
    const second = await readAuditPage(database.query, { ...query, cursor });
    expect(second.entries.map(({ seq }) => seq)).toEqual([3, 2]);
    const none = await readAuditPage(database.query, { limit: 2, actor: 'nobody' });
    expect(none).toEqual({ entries: [], nextCursor: null });
  });
});

describe('canonicalJson', () => {
  it('is the same for equal values, whatever the order of their members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
