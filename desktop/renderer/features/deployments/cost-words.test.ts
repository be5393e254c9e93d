import { describe, expect, it } from 'vitest';
import { dollarChange, dollars, priceNote, tableMonth, unitPrice } from './cost-words.ts';

describe('money', () => {
  it.each([
    [0, '$0.00'],
    [0.001, '< $0.01'],
    [4.9275, '$4.93'],
    [1234.5, '$1,234.50'],
  ])('%d is %s', (usd, words) => {
    expect(dollars(usd)).toBe(words);
  });

  it.each([
    [4.93, 11.5, '+$6.57'],
    [11.5, 4.93, '−$6.57'],
    [4.93, 4.932, 'no change'],
  ])('from %d to %d: %s', (from, to, words) => {
    expect(dollarChange(from, to)).toBe(words);
  });

  it('names small prices without losing digits', () => {
    expect(unitPrice(0.0000025)).toBe('$0.0000025');
    expect(unitPrice(0.0000004)).toBe('$0.0000004');
  });
});

describe('what stands beside every figure', () => {
  it('is the month of the list, that it is an estimate, and its age', () => {
    const table = { tableDate: '2026-11-01', isStale: false };
    expect(tableMonth('2026-11-01')).toBe('November 2026');
    expect(priceNote({ ...table, billed: true })).toBe('Estimate, list prices of November 2026.');
    expect(priceNote({ ...table, billed: false })).toBe(
      'No cost on this machine. On Cloud Run: list prices of November 2026.',
    );
    expect(priceNote({ ...table, billed: true, isStale: true })).toContain('older than six months');
  });
});
