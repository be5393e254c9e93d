import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MockInstance } from 'vitest';
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

  it('reads everything back after the disk was full in the middle of a record', async () => {
    const { store } = StateStore.open(dir);
    store.put('images', 'a', { digest: 'before' });
    const full = fillDiskAfter(10);
    expect(() => {
      store.put('images', 'b', { digest: 'lost' });
    }).toThrow('ENOSPC');
    await expect(store.compact()).rejects.toThrow('ENOSPC');
    full.mockRestore();
    expect(fs.readdirSync(path.join(dir, 'cloud'))).toEqual(['journal.jsonl']);
    store.put('images', 'c', { digest: 'after' });
    await store.close();
    const { store: again, keptCopy } = StateStore.open(dir);
    expect(keptCopy).toBeNull();
    expect(again.ids('images')).toEqual(['a', 'c']);
    await again.close();
  });

  it('goes on where a short write stopped', async () => {
    const { store } = StateStore.open(dir);
    const short = fillDiskAfter(10, { recovers: true });
    store.put('images', 'a', { digest: 'whole' });
    short.mockRestore();
    await store.close();
    const { store: again, keptCopy } = StateStore.open(dir);
    expect(keptCopy).toBeNull();
    expect(again.get('images', 'a')).toEqual({ digest: 'whole' });
    await again.close();
  });

  it('finds all of a batch after a restart or nothing of it', () => {
    const { store } = StateStore.open(dir);
    store.put('images', 'before', { digest: 'sha256:b' });
    const whole = fs.statSync(path.join(dir, 'cloud', 'journal.jsonl')).size;
    store.atomically(() => {
      store.put('images', 'one', { digest: 'sha256:1' });
      store.atomically(() => {
        store.put('images', 'two', { digest: 'sha256:2' });
      });
      store.remove('images', 'before');
    });
    expect(store.ids('images')).toEqual(['one', 'two']);
    expect(StateStore.open(dir).store.ids('images')).toEqual(['one', 'two']);
    const file = path.join(dir, 'cloud', 'journal.jsonl');
    for (const length of [fs.statSync(file).size - 2, whole + 5, whole]) {
      fs.truncateSync(file, length);
      expect(StateStore.open(dir).store.ids('images')).toEqual(['before']);
    }
  });

  it('takes a batch back whose making fails', () => {
    const { store } = StateStore.open(dir);
    store.put('images', 'kept', { digest: 'sha256:k' });
    expect(() =>
      store.atomically(() => {
        store.put('images', 'kept', { digest: 'sha256:other' });
        store.put('images', 'new', { digest: 'sha256:n' });
        throw new Error('made half');
      }),
    ).toThrow('made half');
    expect(store.ids('images')).toEqual(['kept']);
    expect(store.get('images', 'kept')).toEqual({ digest: 'sha256:k' });
    expect(StateStore.open(dir).store.ids('images')).toEqual(['kept']);
  });
});

/** A full disk can't be had on every machine: the first write is cut, the next one may fail. */
function fillDiskAfter(bytes: number, { recovers = false } = {}): MockInstance {
  const { writeSync } = fs;
  let writes = 0;
  return vi.spyOn(fs, 'writeSync').mockImplementation(((
    fd: number,
    content: Buffer,
    at?: number,
  ) => {
    const from = at ?? 0;
    writes += 1;
    if (writes === 1) return writeSync(fd, content.subarray(from, from + bytes));
    if (!recovers) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    return writeSync(fd, content.subarray(from));
  }) as typeof fs.writeSync);
}
