import { seeded } from '@omni/contracts/rollout-verdict/quantile-ratio.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAnomalies } from './anomalies.ts';
import { findChangePoints } from './change-points.ts';
import { forecast } from './forecast.ts';
import type { Sample } from './robust.ts';

function noise(count: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  );
}
const level = (count: number, seed: number): number[] =>
  noise(count, seed).map((each) => 100 + 5 * each);
const daily = (count: number, seed: number): number[] =>
  level(count, seed).map((value, i) => value + 40 * Math.sin((2 * Math.PI * i) / 24));

describe('findAnomalies', () => {
  it('finds a planted spike and nothing in noise', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const values = level(360, seed);
      expect(findAnomalies({ values })).toEqual([]);
      const at = 20 + seed * 5;
      const spiked = values.with(at, 200);
      expect(findAnomalies({ values: spiked }).map(({ index }) => index)).toEqual([at]);
    }
  });

  it('takes a season for usual, and a step for a step', () => {
    const values = daily(240, 3);
    expect(findAnomalies({ values, period: 24 })).toEqual([]);
    const night = values.with(100, (values[100] ?? 0) + 60);
    expect(findAnomalies({ values: night, period: 24 }).map(({ index }) => index)).toEqual([100]);
    const stepped = level(200, 4).map((value, i) => (i < 100 ? value : value + 100));
    expect(findAnomalies({ values: stepped })).toEqual([]);
  });

  it('bears gaps and constants', () => {
    expect(findAnomalies({ values: Array.from({ length: 50 }, () => 7) })).toEqual([]);
    const constant: Sample[] = Array.from({ length: 50 }, (_, i) => (i % 7 === 0 ? null : 7));
    constant[20] = 9;
    expect(findAnomalies({ values: constant })).toMatchObject([{ index: 20, expected: 7 }]);
    expect(findAnomalies({ values: [null, null, null] })).toEqual([]);
  });
});

describe('findChangePoints', () => {
  it('finds a planted step within two values, and none in noise', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const values = level(300, seed);
      expect(findChangePoints({ values })).toEqual([]);
      const at = 50 + seed * 4;
      const stepped = values.map((value, i) => (i < at ? value : value * 1.3));
      const found = findChangePoints({ values: stepped });
      expect(found).toHaveLength(1);
      expect(Math.abs((found[0]?.index ?? 0) - at)).toBeLessThanOrEqual(2);
    }
  });

  it('finds several, counts gaps, ignores a spike and what is too small to matter', () => {
    const two = level(300, 9).map((value, i) => value + (i >= 100 ? 60 : 0) - (i >= 200 ? 60 : 0));
    expect(findChangePoints({ values: two }).map(({ index }) => index)).toEqual([100, 200]);
    const gaps = two.map((value, i) => (i % 10 === 5 ? null : value));
    expect(findChangePoints({ values: gaps }).map(({ index }) => index)).toEqual([100, 200]);
    expect(findChangePoints({ values: level(200, 5).with(80, 900) })).toEqual([]);
    const tiny = level(400, 6).map((value, i) => (i < 200 ? value : value + 4));
    expect(findChangePoints({ values: tiny })).toEqual([]);
  });

  it('takes a season for no change', () => {
    expect(findChangePoints({ values: daily(480, 8), period: 24 })).toEqual([]);
  });

  it('never throws, and its changes are in order and inside', () => {
    const sample = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 80 }), (values) => {
        const places = findChangePoints({ values }).map(({ index }) => index);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(places.every((place) => place > 0 && place < values.length)).toBe(true);
        findAnomalies({ values });
        forecast({ values, horizon: 3 });
      }),
      { numRuns: 60 },
    );
  });
});

/** Mean absolute error of the last `horizon` values, foretold from those before. */
function error(values: readonly number[], horizon: number, period?: number): [number, number] {
  const known = values.slice(0, -horizon);
  const truth = values.slice(-horizon);
  const { mean } = forecast({ values: known, horizon, period });
  const naive = known.at(-1) ?? 0;
  const miss = (of: (i: number) => number): number =>
    truth.reduce((sum, value, i) => sum + Math.abs(value - of(i)), 0) / horizon;
  return [miss((i) => mean[i] ?? 0), miss(() => naive)];
}

describe('forecast', () => {
  it('beats the last value on noise around a level, by a season and along a trend', () => {
    let [ours, naive] = [0, 0];
    for (let seed = 1; seed <= 10; seed += 1) {
      const trend = noise(200, seed).map((each, i) => 50 + 0.5 * i + 2 * each);
      for (const [values, period] of [
        [level(200, seed), undefined],
        [daily(240, seed), 24],
        [trend, undefined],
      ] as const) {
        const [mine, last] = error(values, 24, period);
        ours += mine;
        naive += last;
      }
    }
    expect(ours / naive).toBeLessThan(0.6);
  });

  it('has a band that holds about as much as it says', () => {
    let [inside, all] = [0, 0];
    for (let seed = 1; seed <= 40; seed += 1) {
      const values = level(160, seed);
      const { low, high } = forecast({ values: values.slice(0, 150), horizon: 10 });
      values.slice(150).forEach((value, i) => {
        all += 1;
        if (value >= (low[i] ?? 0) && value <= (high[i] ?? 0)) inside += 1;
      });
    }
    expect(inside / all).toBeGreaterThan(0.9);
    expect(inside / all).toBeLessThan(0.99);
  });

  it('says the same twice, and goes on with a constant', () => {
    const input = { values: daily(100, 2), horizon: 12, period: 24 };
    expect(forecast(input)).toEqual(forecast(input));
    const constant = forecast({ values: [5, 5, null, 5, 5], horizon: 2 });
    expect(constant).toMatchObject({ mean: [5, 5], low: [5, 5], high: [5, 5] });
  });
});
