import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchHost, pickRevision } from './pick-revision.ts';

const targets = fc.array(
  fc.record({ revision: fc.string({ minLength: 1 }), percent: fc.integer({ min: 0, max: 100 }) }),
  { minLength: 1, maxLength: 6 },
);
const dice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('pickRevision', () => {
  it('picks one that has a share, for every throw of the dice', () => {
    fc.assert(
      fc.property(targets, dice, (all, random) => {
        const picked = pickRevision(all, random);
        const shared = all.filter(({ percent }) => percent > 0).map(({ revision }) => revision);
        if (shared.length === 0) expect(picked).toBeNull();
        else expect(shared).toContain(picked);
      }),
    );
  });

  it('gives each share its part of the range', () => {
    const split = [
      { revision: 'a', percent: 90 },
      { revision: 'b', percent: 10 },
    ];
    expect(pickRevision(split, 0)).toBe('a');
    expect(pickRevision(split, 0.8999)).toBe('a');
    expect(pickRevision(split, 0.9)).toBe('b');
    expect(pickRevision(split, 0.9999)).toBe('b');
  });
});

describe('matchHost', () => {
  it.each([
    ['blue---shop.localhost:8081', { kind: 'tag', tag: 'blue' }],
    ['a-b---shop.localhost', { kind: 'tag', tag: 'a-b' }],
    ['127.0.0.1:8081', { kind: 'service' }],
    ['localhost', { kind: 'service' }],
    ['shop.localhost:1', { kind: 'service' }],
    [undefined, { kind: 'service' }],
    ['blue---other.localhost', { kind: 'service' }],
    ['evil.example', { kind: 'foreign' }],
    ['127.0.0.1.evil.example', { kind: 'foreign' }],
  ])('%s', (host, expected) => {
    expect(matchHost(host, 'shop')).toMatchObject(expected);
  });
});
