import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvDraft } from './env-draft.ts';
import { nameProblem, withRemoved, withRow } from './draft-rows.ts';
import { draftFrom, toEnvPatch, withAdded, withUndone } from './env-draft.ts';

const ENV = [
  { name: 'RATE_LIMIT', value: '60' },
  { name: 'SESSION_TOKEN', value: '••••••••' },
  { name: 'KEY_PEPPERS', secret: 'key-peppers', version: 'latest' },
];

const problems = (draft: EnvDraft): (string | null)[] =>
  draft.map((row) => nameProblem(draft, row));

describe('the draft of the environment', () => {
  it('edits literal variables only and starts without a change', () => {
    const draft = draftFrom(ENV);
    expect(draft.map(({ name }) => name)).toEqual(['RATE_LIMIT', 'SESSION_TOKEN']);
    expect(toEnvPatch(draft)).toEqual({});
  });

  it('never sends the mask of a hidden value as a value', () => {
    const draft = withRow(draftFrom(ENV), 'RATE_LIMIT', { value: '120' });
    expect(toEnvPatch(draft)).toEqual({ RATE_LIMIT: '120' });
    expect(toEnvPatch(withRow(draft, 'SESSION_TOKEN', { value: 'n3w' }))).toEqual({
      RATE_LIMIT: '120',
      SESSION_TOKEN: 'n3w',
    });
  });

  it('removes, and takes the removal back', () => {
    const removed = withRemoved(draftFrom(ENV), 'RATE_LIMIT');
    expect(toEnvPatch(removed)).toEqual({ RATE_LIMIT: null });
    expect(toEnvPatch(withUndone(removed, 'RATE_LIMIT'))).toEqual({});
  });

  it('adds a variable, and forgets an added one that is removed', () => {
    const added = withRow(withAdded(draftFrom(ENV), 'new'), 'new', { name: 'LOG', value: 'warn' });
    expect(toEnvPatch(added)).toEqual({ LOG: 'warn' });
    expect(withRemoved(added, 'new')).toHaveLength(2);
  });

  it.each([
    ['', 'Give the variable a name.'],
    ['2FAST', 'Letters, digits and _, not starting with a digit.'],
    ['RATE_LIMIT', 'RATE_LIMIT is there already.'],
    ['FINE_1', null],
  ])('says what is wrong with the name %j: %j', (name, problem) => {
    const draft = withRow(withAdded(draftFrom(ENV), 'new'), 'new', { name });
    expect(problems(draft)).toEqual([null, null, problem]);
  });

  it('comes back to no change when every edit is undone', () => {
    const edits = fc.array(
      fc.record({
        id: fc.constantFrom('RATE_LIMIT', 'SESSION_TOKEN'),
        value: fc.option(fc.string(), { nil: null }),
      }),
    );
    fc.assert(
      fc.property(edits, (steps) => {
        let draft = draftFrom(ENV);
        for (const { id, value } of steps) {
          draft = value === null ? withRemoved(draft, id) : withRow(draft, id, { value });
        }
        for (const { id } of draft) draft = withUndone(draft, id);
        expect(toEnvPatch(draft)).toEqual({});
      }),
    );
  });
});
