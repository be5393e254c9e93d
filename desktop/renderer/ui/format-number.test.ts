import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  count,
  latency,
  percent,
  perSecond,
  text,
  threeDigits,
  wholePercent,
} from './format-number.ts';

/** Formatted numbers are compared with ordinary spaces. */
const plain = (written: string): string => written.replaceAll(/\s/g, ' ');

describe('numbers', () => {
  it.each([
    [0.41, '0.41'],
    [8.706, '8.71'],
    [9.996, '10.0'],
    [87.06, '87.1'],
    [99.96, '100'],
    [871.4, '871'],
    [12_345.6, '12,346'],
    [0, '0.00'],
  ])('%f is %s', (value, written) => {
    expect(threeDigits(value)).toBe(written);
  });

  it('never have more than three significant digits below a thousand', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 999, noNaN: true }), (value) => {
        const digits = threeDigits(value)
          .replace(/^0\.0*/, '')
          .replace('.', '');
        return digits.length <= 3 || threeDigits(value) === '1,000';
      }),
    );
  });

  it('change the unit of a latency at a second', () => {
    expect(plain(text(latency(999.4)))).toBe('999 ms');
    expect(plain(text(latency(999.6)))).toBe('1.00 s');
    expect(plain(text(latency(0.412)))).toBe('0.41 ms');
  });

  it('stand without a unit where there is none to measure', () => {
    expect(text(latency(null))).toBe('–');
    expect(text(percent(null))).toBe('–');
    expect(text(perSecond(null))).toBe('–');
    expect(count(null)).toBe('–');
  });

  it('write ratios as percent and rates by the second', () => {
    expect(plain(text(percent(0.0041)))).toBe('0.41 %');
    expect(plain(text(percent(0)))).toBe('0.00 %');
    expect(plain(text(perSecond(20)))).toBe('20 /s');
    expect(plain(text(perSecond(0.2)))).toBe('0.20 /s');
    expect(plain(wholePercent(100))).toBe('100 %');
  });
});
