import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrafficShare } from './traffic.ts';
import { canarySplit, inProportion, percentOf, splitProblem, withShare } from './traffic.ts';

const share = (revision: string, percent: number, tag: string | null = null): TrafficShare => ({
  revision,
  percent,
  tag,
});

describe('inProportion', () => {
  it.each([
    [[1, 1, 1], 100, [34, 33, 33]],
    [[0, 0], 100, [50, 50]],
    [[90, 10], 75, [68, 7]],
    [[5], 0, [0]],
  ])('%j of %i is %j', (weights, sum, wanted) => {
    expect(inProportion(weights, sum)).toEqual(wanted);
  });

  it('adds up, and is never a whole away from the exact share', () => {
    const weights = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, fc.nat({ max: 100 }), (list, sum) => {
        const whole = inProportion(list, sum);
        expect(whole.reduce((all, part) => all + part, 0)).toBe(sum);
        const total = list.reduce((all, weight) => all + weight, 0);
        whole.forEach((part, index) => {
          const exact = total > 0 ? ((list[index] ?? 0) / total) * sum : sum / list.length;
          expect(Math.abs(part - exact)).toBeLessThan(1);
          expect(Number.isInteger(part)).toBe(true);
        });
      }),
    );
  });
});

describe('withShare', () => {
  it('always gives a split that can be used, with the wanted share and every tag', () => {
    const percents = fc.array(fc.nat({ max: 100 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(percents, fc.nat({ max: 100 }), fc.nat({ max: 9 }), (list, percent, at) => {
        const shares = inProportion(list, 100).map((part, index) =>
          share(`r${String(index)}`, part, index % 2 === 0 ? `t${String(index)}` : null),
        );
        const next = withShare(shares, `r${String(at)}`, percent);
        expect(splitProblem(next)).toBeNull();
        expect(next.find(({ revision }) => revision === `r${String(at)}`)?.percent).toBe(percent);
        for (const { revision, tag } of shares) {
          expect(next.find((other) => other.revision === revision)?.tag).toBe(tag);
        }
      }),
    );
  });

  it('leaves everything to the only revision', () => {
    expect(withShare([share('a', 100)], 'a', 30)).toEqual([share('a', 100)]);
  });
});

describe('canarySplit', () => {
  it('splits between two revisions and keeps tags', () => {
    const before = [share('a', 60, 'stable'), share('b', 40), share('c', 0, 'old')];
    const after = canarySplit({ stable: 'a', canary: 'd' }, 5, before);
    expect(after).toEqual([share('a', 95, 'stable'), share('d', 5), share('c', 0, 'old')]);
    expect(percentOf({ shares: after, followsLatest: false }, 'd')).toBe(5);
    expect(percentOf({ shares: after, followsLatest: false }, 'x')).toBe(0);
  });
});
