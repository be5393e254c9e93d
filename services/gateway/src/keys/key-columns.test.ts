import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyColumns, NO_ROW } from './key-columns.ts';
import { DISABLED, LEGACY, REVOKED } from './key-snapshot.ts';
import type { KeySnapshot } from './key-snapshot.ts';

function snapshot(id: string, changes: Partial<KeySnapshot> = {}): KeySnapshot {
  const digest = Buffer.alloc(32, id);
  const secret = { digest, pepperVersion: 1, algorithm: 'hmac', secretNo: 1 } as const;
  const secrets = [{ ...secret, notAfterMs: Infinity }];
  const open = { flags: 0, expiresAtMs: Infinity, identity: null, policy: 'live', secrets };
  return { id, ...open, ...changes };
}

const rowOf = (columns: KeyColumns, id: string): number => columns.find(id, 0, id.length);

describe('KeyColumns', () => {
  it('finds what was put, and nothing else, through every growth', () => {
    const columns = new KeyColumns();
    const ids = Array.from({ length: 5_000 }, (_, i) => i.toString(36).padStart(12, '0'));
    for (const id of ids) columns.put(snapshot(id));
    expect(columns.count).toBe(5_000);
    for (const id of ids) expect(columns.idOf(rowOf(columns, id))).toBe(id);
    expect(rowOf(columns, 'zzzzzzzzzzzz')).toBe(NO_ROW);
    expect(rowOf(columns, '')).toBe(NO_ROW);
    expect(rowOf(columns, ids[0]?.slice(0, 11) ?? '')).toBe(NO_ROW);
  });

  it('reads an id in the middle of a text', () => {
    const columns = new KeyColumns();
    columns.put(snapshot('0A1b2C3d4E5f'));
    expect(columns.find('omni_live_0A1b2C3d4E5fxyz', 10, 12)).not.toBe(NO_ROW);
    expect(columns.find('omni_live_0A1b2C3d4E5gxyz', 10, 12)).toBe(NO_ROW);
  });

  it('is what a map of snapshots would be, after any order of changes', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const change = fc.tuple(id, fc.constantFrom('put', 'remove', 'revoke'), fc.boolean());
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const columns = new KeyColumns();
        const model = new Map<string, number>();
        for (const [key, kind, legacy] of changes) {
          const flags = (kind === 'revoke' ? REVOKED : 0) | (legacy ? LEGACY : 0);
          if (kind === 'remove') {
            columns.remove(key);
            model.delete(key);
          } else {
            columns.put(snapshot(key, { flags }));
            model.set(key, flags);
          }
        }
        expect(columns.count).toBe(model.size);
        for (const [key, flags] of model) {
          const row = rowOf(columns, key);
          expect(columns.flagsOf(row)).toBe(flags);
          expect(columns.findByDigest(Buffer.alloc(32, key)) === row).toBe((flags & LEGACY) !== 0);
        }
      }),
    );
  });

  it('leaves nothing of a key that is gone', () => {
    const columns = new KeyColumns();
    const row = columns.put(snapshot('gone', { flags: LEGACY }));
    columns.remove('gone');
    const digest = Buffer.alloc(32);
    columns.copyDigest(row, 0, digest);
    expect(digest).toEqual(Buffer.alloc(32));
    expect([columns.pepperOf(row, 0), columns.pepperOf(row, 1)]).toEqual([-1, -1]);
    expect(columns.hasLegacy).toBe(false);
    expect(columns.remove('never')).toBe(NO_ROW);
  });

  it('shares equal policies and replaces everything of a key that changed', () => {
    const columns = new KeyColumns();
    const [a, b] = [columns.put(snapshot('a')), columns.put(snapshot('b'))];
    expect(columns.policyOf(a)).toBe(columns.policyOf(b));
    const policy = JSON.stringify({ environment: 'test', scopes: ['GET /'], cidrs: [] });
    columns.put(snapshot('a', { policy, flags: DISABLED, identity: 'me', secrets: [] }));
    expect(columns.policyOf(a)).toMatchObject({ environment: 'test', scopes: ['GET /'] });
    expect(columns.policyOf(b)?.environment).toBe('live');
    expect(columns.identityOf(a)).toBe('me');
    expect(columns.notAfterMs(a, 0)).toBe(-Infinity);
  });
});
