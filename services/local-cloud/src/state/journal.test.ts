import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeJournal, encodeRecord } from './journal.ts';
import { StateStore } from './state-store.ts';

const records = fc.array(
  fc.record({
    table: fc.constantFrom('services', 'revisions'),
    id: fc.string(),
    value: fc.oneof(fc.constant(null), fc.dictionary(fc.string(), fc.string())),
  }),
);

describe('the journal', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(records, (written) => {
        const content = Buffer.from(written.map(encodeRecord).join(''));
        const decoded = decodeJournal(content);
        expect(JSON.stringify(decoded.records)).toBe(JSON.stringify(written));
        expect(decoded.goodBytes).toBe(content.length);
      }),
    );
  });

  it('keeps every whole record before a cut or a flipped byte', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.boolean(), (written, where, cut) => {
        const lines = written.map(encodeRecord);
        const content = Buffer.from(lines.join(''));
        fc.pre(content.length > 0);
        const at = where % content.length;
        const bent = cut ? content.subarray(0, at) : flip(content, at);
        const { goodBytes, records: read } = decodeJournal(bent);
        expect(goodBytes).toBeLessThanOrEqual(at);
        expect(JSON.stringify(read)).toBe(JSON.stringify(written.slice(0, read.length)));
        const whole = Buffer.byteLength(lines.slice(0, read.length + 1).join(''));
        expect(whole).toBeGreaterThan(at);
      }),
    );
  });
});

function flip(content: Buffer, at: number): Buffer {
  const bent = Buffer.from(content);
  bent[at] = (bent[at] ?? 0) ^ 0x01;
  return bent;
}

describe('StateStore', () => {
  let dir = '';

  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'state-'));
  });

  afterEach(() => {
    fs.rmSync(dir, { recursive: true });
  });

  it('has everything after a restart, also after a compaction', async () => {
    const { store } = StateStore.open(dir);
    for (let index = 0; index < 100; index += 1) store.put('images', 'a', { digest: `${index}` });
    store.put('images', 'gone', { digest: 'x' });
    store.remove('images', 'gone');
    const before = fs.statSync(path.join(dir, 'cloud', 'journal.jsonl')).size;
    await store.compact();
    store.put('images', 'b', { digest: 'after' });
    await store.close();
    const after = fs.statSync(path.join(dir, 'cloud', 'journal.jsonl')).size;
    expect(after).toBeLessThan(before / 10);
    const { store: again, keptCopy } = StateStore.open(dir);
    expect(keptCopy).toBeNull();
    expect(again.get('images', 'a')).toEqual({ digest: '99' });
    expect(again.get('images', 'b')).toEqual({ digest: 'after' });
    expect(again.ids('images')).toEqual(['a', 'b']);
    await again.close();
  });
});
