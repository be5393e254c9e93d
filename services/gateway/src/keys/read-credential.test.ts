import { describe, expect, it } from 'vitest';
import { ClientHead } from '../proxy/client-head.ts';
import { readCredential } from './read-credential.ts';

const none = { kind: 'none' };
const ambiguous = { kind: 'ambiguous' };
const key = { kind: 'key', key: 'abc' };

describe('readCredential', () => {
  it.each([
    ['nothing', [], none],
    ['x-api-key', ['X-Api-Key', 'abc'], key],
    ['a bearer token', ['Authorization', 'bearer abc'], key],
    ['both, equal', ['x-api-key', 'abc', 'authorization', 'Bearer abc'], key],
    ['both, different', ['x-api-key', 'abc', 'authorization', 'Bearer abd'], ambiguous],
    ['two different x-api-key', ['x-api-key', 'abc', 'X-API-Key', 'abd'], ambiguous],
    ['the same x-api-key twice', ['x-api-key', 'abc', 'X-API-Key', 'abc'], key],
    [
      'two different tokens',
      ['authorization', 'Bearer abc', 'authorization', 'Bearer x'],
      ambiguous,
    ],
    ['Basic is not ours', ['authorization', 'Basic abc'], none],
    ['an empty header', ['x-api-key', ' '], none],
    ['a list in one header', ['authorization', 'Bearer abc, Bearer x'], none],
  ])('%s', (_name, headers, expected) => {
    expect(readCredential(new ClientHead(headers), headers)).toEqual(expected);
  });
});
