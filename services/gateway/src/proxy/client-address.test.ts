import { describe, expect, it } from 'vitest';
import { clientAddress, normaliseAddress } from './client-address.ts';

describe('clientAddress', () => {
  it.each([
    [0, '6.6.6.6', '10.0.0.1'],
    [1, '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    [2, '6.6.6.6, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    [2, '203.0.113.9', '10.0.0.1'],
    [1, undefined, '10.0.0.1'],
    [1, 'unknown', '10.0.0.1'],
    [1, '<script>', '10.0.0.1'],
  ])('with %i trusted hops, %s means %s', (hops, forwarded, expected) => {
    expect(clientAddress('10.0.0.1', forwarded, hops)).toBe(expected);
  });
});

describe('normaliseAddress', () => {
  it.each([
    ['203.0.113.9:4711', '203.0.113.9'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    [' 2001:db8::1 ', '2001:db8::1'],
    ['not an address', ''],
  ])('%s -> %s', (text, expected) => {
    expect(normaliseAddress(text)).toBe(expected);
  });
});
