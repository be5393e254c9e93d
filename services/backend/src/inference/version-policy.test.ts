import { describe, expect, it } from 'vitest';
import { parseVersionPolicies, wants } from './version-policy.ts';

describe('version policies', () => {
  it('are read by name, with one for all others', () => {
    const policyOf = parseVersionPolicies('latest:2; iris=all;add=specific:1,3');
    expect(policyOf?.('iris')).toEqual({ kind: 'all' });
    expect(policyOf?.('add')).toEqual({ kind: 'specific', versions: ['1', '3'] });
    expect(policyOf?.('else')).toEqual({ kind: 'latest', count: 2 });
  });

  it.each(['', 'newest', 'latest:0', 'specific:', 'specific:1,', 'a=b', 'all;;'])(
    'refuses %j',
    (text) => {
      expect(parseVersionPolicies(text)).toBeUndefined();
    },
  );

  it('want what they say', () => {
    expect(wants({ kind: 'latest', count: 1 }, '4', 1)).toBe(false);
    expect(wants({ kind: 'all' }, '4', 9)).toBe(true);
    expect(wants({ kind: 'specific', versions: ['3'] }, '4', 0)).toBe(false);
  });
});
