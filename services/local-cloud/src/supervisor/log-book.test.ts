import { describe, expect, it } from 'vitest';
import { buildLogName, LogBook } from './log-book.ts';

function line(text: string, change = {}): Parameters<LogBook['append']>[0] {
  const base = { service: 'shop', revision: 'shop-1', instance: 'i', stream: 'stdout' as const };
  return { at: new Date(0).toISOString(), ...base, line: text, ...change };
}

describe('LogBook', () => {
  it('keeps the newest thousand lines of a revision', () => {
    const book = new LogBook();
    for (let index = 0; index < 5000; index += 1) book.append(line(`n${index}`));
    const kept = book.query({ limit: 5000 });
    expect(kept.length).toBeLessThanOrEqual(1200);
    expect(kept.at(-1)?.line).toBe('n4999');
  });

  it('filters, limits and cuts long lines', () => {
    const book = new LogBook();
    book.append(line('a'));
    book.append(line('b', { service: 'other', revision: 'other-1' }));
    book.append(line('x'.repeat(10_000)));
    expect(book.query({ service: 'other', limit: 10 }).map((entry) => entry.line)).toEqual(['b']);
    expect(book.query({ revision: 'shop-1', limit: 1 })[0]?.line).toHaveLength(8192);
  });

  it('can be followed without a gap, also when the ring drops lines', () => {
    const book = new LogBook();
    const seen: string[] = [];
    let after = 0;
    for (let index = 0; index < 3000; index += 1) {
      book.append(line(`n${index}`));
      if (index % 500 < 499) continue;
      for (const entry of book.query({ revision: 'shop-1', limit: 600, after })) {
        seen.push(entry.line);
        after = entry.seq;
      }
    }
    expect(seen).toEqual(Array.from({ length: 3000 }, (_, index) => `n${index}`));
    expect(book.query({ limit: 10, after })).toEqual([]);
  });

  it('keeps ten thousand lines of a build: its end says what became of it', () => {
    const book = new LogBook();
    const log = { revision: buildLogName('1') };
    for (let index = 0; index < 30_000; index += 1) book.append(line(`n${index}`, log));
    const after = book.query({ ...log, limit: 5000, after: 0 });
    const kept = book.query({ ...log, limit: 30_000 }).length;
    expect(after).toHaveLength(5000);
    expect(kept).toBeGreaterThanOrEqual(10_000);
    expect(kept).toBeLessThanOrEqual(12_000);
  });

  it('shows only what the program wrote as its tail', () => {
    const book = new LogBook();
    book.append(line('said'));
    book.append(line('ours', { stream: 'system' }));
    expect(book.tail('shop-1', 5)).toEqual(['said']);
  });
});
