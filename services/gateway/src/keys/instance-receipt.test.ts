import { describe, expect, it } from 'vitest';
import { receiptState } from './instance-receipt.ts';

describe('receiptState', () => {
  it.each([
    ['confirmed', 7, 100],
    ['confirmed', 8, 60_000],
    ['behind', 6, 7_000],
    ['idle_guarded', 6, 9_000],
    ['lost', 7, 16 * 60_000],
  ])('is %s with epoch %d after %d ms', (state, epoch, ageMs) => {
    const receipt = { instance: 'i', revision: 'r', epoch, confirmedAt: new Date(0), ageMs };
    expect(receiptState(receipt, 7)).toBe(state);
  });
});
