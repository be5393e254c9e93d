import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  age,
  ago,
  clockTime,
  elapsed,
  fullTime,
  moment,
  shortMoment,
  usual,
} from './format-time.ts';

const plain = (written: string): string => written.replaceAll(/\s/g, ' ');
const at = (text: string): number => new Date(text).getTime();

const NOW = at('2026-11-25T14:02:58.123');

describe('times', () => {
  it('are the clock today and carry the date only otherwise', () => {
    expect(moment(NOW, NOW)).toBe('14:02:58');
    expect(shortMoment(NOW, NOW)).toBe('14:02');
    expect(moment(at('2026-11-24T09:30:00'), NOW)).toBe('yesterday 09:30');
    expect(moment(at('2026-10-21T09:30:00'), NOW)).toBe('21 Oct 09:30');
    expect(moment(at('2025-10-21T09:30:00'), NOW)).toBe('21 Oct 2025 09:30');
  });

  it('are whole in tooltips', () => {
    expect(fullTime(NOW)).toBe('2026-11-25 14:02:58.123');
    expect(clockTime(NOW)).toBe('14:02:58');
  });
});

describe('ages', () => {
  it.each([
    [-5, '0 s'],
    [12_900, '12 s'],
    [4 * 60_000, '4 min'],
    [3 * 3_600_000, '3 h'],
    [3 * 3_600_000 + 12 * 60_000, '3 h 12 min'],
    [49 * 3_600_000, '2 d'],
  ])('%i ms is %s', (ms, written) => {
    expect(plain(age(ms))).toBe(written);
  });

  it('are just now for two seconds', () => {
    expect(ago(NOW - 1_900, NOW)).toBe('just now');
    expect(plain(ago(NOW - 12_000, NOW))).toBe('12 s ago');
  });
});

describe('durations', () => {
  it.each([
    [212, '212 ms'],
    [1_418, '1.42 s'],
    [38_400, '38.4 s'],
    [252_000, '4 min 12 s'],
  ])('%i ms is %s', (ms, written) => {
    expect(plain(elapsed(ms))).toBe(written);
  });

  it('say what is usual', () => {
    expect(plain(usual({ low: 40_100, high: 54_800 }))).toBe('usually 40–55 s');
    expect(plain(usual({ low: 1_100, high: 1_900 }))).toBe('usually 1.1–1.9 s');
    expect(plain(usual({ low: 180, high: 420 }))).toBe('usually 180–420 ms');
    expect(plain(usual({ low: 12_000, high: 12_300 }))).toBe('usually 12 s');
  });

  it('always name a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (ms) =>
        /\d\s(ms|s|min)/.test(elapsed(ms)),
      ),
    );
  });
});
