import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPage, newestFirst } from './list-page.ts';

interface Item {
  readonly id: string;
  readonly at: number;
}

function page(
  items: readonly Item[],
  pageSize: number,
  pageToken: string,
): ReturnType<typeof listPage<Item>> {
  const keyOf = ({ at, id }: Item): string => newestFirst(at, id);
  return listPage({ items, keyOf, of: 'revisions of shop' }, { pageSize, pageToken });
}

const items = fc
  .uniqueArray(fc.nat(40), { maxLength: 40 })
  .map((ids) => ids.map((id) => ({ id: `r${id}`, at: 1000 + (id % 7) })));

describe('listPage', () => {
  it('gives every item once, newest first, whatever the size of the pages', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 50 }), (all, size) => {
        const seen: Item[] = [];
        let token = '';
        do {
          const next = page(all, size, token);
          expect(next.items.length).toBeLessThanOrEqual(size);
          seen.push(...next.items);
          token = next.nextPageToken;
        } while (token !== '');
        expect(new Set(seen.map(({ id }) => id)).size).toBe(all.length);
        expect(seen.map(({ at }) => at)).toEqual(all.map(({ at }) => at).sort((a, b) => b - a));
      }),
    );
  });

  it('loses nothing when items go between two pages', () => {
    const all = ['a', 'b', 'c', 'd'].map((id, index) => ({ id, at: 10 - index }));
    const first = page(all, 2, '');
    const second = page(all.slice(2), 2, first.nextPageToken);
    expect(second.items.map(({ id }) => id)).toEqual(['c', 'd']);
  });

  it('refuses tokens of other lists, forged ones, and negative sizes', () => {
    const all = [
      { id: 'a', at: 1 },
      { id: 'b', at: 2 },
    ];
    const { nextPageToken } = page(all, 1, '');
    const other = { items: all, keyOf: ({ id }: Item) => id, of: 'services' };
    expect(() => listPage(other, { pageSize: 1, pageToken: nextPageToken })).toThrow('page_token');
    expect(() => page(all, 1, '7')).toThrow('page_token');
    expect(() => page(all, -1, '')).toThrow('page_size');
  });
});
