import { describe, expect, it } from 'vitest';
import { withRemoved, withRow } from './draft-rows.ts';
import type { SecretDraft } from './secret-draft.ts';
import {
  secretProblem,
  secretsFrom,
  toSecretPatch,
  withAddedSecret,
  withUndoneSecret,
} from './secret-draft.ts';

const draft = secretsFrom([
  { name: 'MODE', value: 'a' },
  { name: 'TOKEN', secret: 'token', version: 'latest' },
  // An alias can run; it is left as it is.
  { name: 'ALIASED', secret: 'token', version: 'stable' },
]);

const added = (change: Partial<{ name: string; secret: string; version: string }>): SecretDraft =>
  withRow(withAddedSecret(draft, 'new'), 'new', { name: 'KEY', secret: 'keys', ...change });
const problem = (of: SecretDraft, id: string): string | null | undefined => {
  const row = of.find((candidate) => candidate.id === id);
  return row && secretProblem(of, row, ['MODE']);
};

describe('the draft of the references to secrets', () => {
  it('starts without a change and without a complaint', () => {
    expect(draft.map(({ name }) => name)).toEqual(['TOKEN', 'ALIASED']);
    expect(toSecretPatch(draft)).toEqual({});
    expect(draft.map(({ id }) => problem(draft, id))).toEqual([null, null]);
  });

  it('sends what is added, changed and removed, and nothing that is undone', () => {
    const edited = withRemoved(withRow(added({}), 'TOKEN', { version: '3' }), 'ALIASED');
    expect(toSecretPatch(edited)).toEqual({
      TOKEN: { secret: 'token', version: '3' },
      ALIASED: null,
      KEY: { secret: 'keys', version: 'latest' },
    });
    const undone = ['TOKEN', 'ALIASED'].reduce(withUndoneSecret, withRemoved(edited, 'new'));
    expect(toSecretPatch(undone)).toEqual({});
  });

  it.each([
    [{ name: '' }, 'Give the variable a name.'],
    [{ name: 'TOKEN' }, 'TOKEN is there already.'],
    [{ name: 'MODE' }, 'MODE is there already.'],
    [{ secret: '' }, 'Name the secret that holds the value.'],
    [{ secret: 'no name' }, 'A secret’s name: letters, digits, _ and -.'],
    [{ secret: 'projects/shop-1/secrets/keys' }, null],
    [{ version: '0' }, 'A version is latest or a number.'],
    [{ version: 'stable' }, 'A version is latest or a number.'],
    [{ version: '12' }, null],
  ])('says of %j: %j', (change, expected) => {
    expect(problem(added(change), 'new')).toBe(expected);
  });
});
