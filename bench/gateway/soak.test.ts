import { describe, expect, it } from 'vitest';
import { slope } from './soak.ts';

const every10s = (sizes: readonly number[]): { hours: number; mb: number }[] =>
  sizes.map((mb, i) => ({ hours: (i * 10) / 3_600, mb }));

describe('growth under load', () => {
  it('is that of a steady leak, whatever one sample says', () => {
    const leaking = Array.from({ length: 50 }, (_, i) => 200 + i * 0.1);
    leaking[20] = 150;
    expect(slope(every10s(leaking))).toBeCloseTo(36, 6);
  });

  it('is none when memory was given back and taken again', () => {
    const back = [
      [8, 197],
      [6, 145],
      [30, 198],
    ].flatMap(([n = 0, mb = 0]) => new Array<number>(n).fill(mb));
    expect(Math.abs(slope(every10s(back)) ?? Number.NaN)).toBeLessThan(5);
  });

  it('is unknown without two samples', () => {
    expect(slope([])).toBeNull();
  });
});
