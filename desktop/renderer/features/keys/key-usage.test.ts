import { describe, expect, it } from 'vitest';
import type { KeyCounts } from './key-usage.ts';
import { measuredMinutes, spanLabel, spanWords, usedHour } from './key-usage.ts';

const THIN_SPACE = '\u2009';
/** An hour of which only the newest minutes were measured. */
const counts = (...newest: (number | null)[]): KeyCounts => ({
  keyId: 'k1',
  lastMinute: newest.at(-1) ?? null,
  perMinute: [...Array.from({ length: 60 - newest.length }, () => null), ...newest],
});
const wholeHour = counts(...Array.from({ length: 60 }, () => 2));

describe('what is known of the use of a key', () => {
  it('reaches back as far as the longest measured key', () => {
    expect(measuredMinutes([])).toBeNull();
    expect(measuredMinutes([counts()])).toBeNull();
    expect(measuredMinutes([counts(1), counts(0, null, 3), counts()])).toBe(3);
    expect(measuredMinutes([wholeHour])).toBe(60);
  });

  it('is nothing before the gateway was measured, and no request after', () => {
    const before = { isMeasured: false, minutes: null };
    expect(usedHour(undefined, before)).toBeNull();
    expect(usedHour(counts(), { isMeasured: true, minutes: 12 })).toBeNull();
    expect(usedHour(undefined, { isMeasured: true, minutes: 12 })).toEqual({
      total: 0,
      minutes: 12,
    });
  });

  it('sums what was measured, gaps left out', () => {
    const gateway = { isMeasured: true, minutes: 3 };
    expect(usedHour(counts(4, null, 3), gateway)).toEqual({ total: 7, minutes: 3 });
    expect(usedHour(wholeHour, { isMeasured: true, minutes: 60 })?.total).toBe(120);
  });

  it.each([
    [60, 'in the last hour', 'last hour'],
    [12, `in the 12${THIN_SPACE}min since measuring began`, `last 12${THIN_SPACE}min`],
    [null, 'since measuring began', 'measured so far'],
  ])('of %s minutes is called %j', (minutes, words, label) => {
    expect(spanWords({ total: 0, minutes })).toBe(words);
    expect(spanLabel({ total: 0, minutes })).toBe(label);
  });
});
