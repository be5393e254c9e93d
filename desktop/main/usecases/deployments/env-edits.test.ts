import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import { applyEdits } from './env-edits.ts';

const ENV: readonly EnvEntry[] = [
  { name: 'MODE', value: 'a' },
  { name: 'TOKEN', secret: 'token', version: '1' },
  { name: 'LAST', value: 'z' },
];
const reference = { secret: 'other', version: 'latest' };

describe('edits of variables', () => {
  it('set, add and take away both kinds; what is not named stays in its place', () => {
    const edits = { env: { MODE: 'b', ADDED: '1' }, secrets: { TOKEN: reference, KEY: reference } };
    expect(applyEdits(ENV, edits)).toEqual([
      { name: 'MODE', value: 'b' },
      { name: 'TOKEN', ...reference },
      { name: 'LAST', value: 'z' },
      { name: 'ADDED', value: '1' },
      { name: 'KEY', ...reference },
    ]);
    const gone = { env: { MODE: null, NOBODY: null }, secrets: { TOKEN: null, NOTHING: null } };
    expect(applyEdits(ENV, gone)).toEqual([{ name: 'LAST', value: 'z' }]);
  });

  it('make the other kind of a variable only where it is taken away as what it was', () => {
    const edits = { env: { MODE: null, TOKEN: 'x' }, secrets: { MODE: reference, TOKEN: null } };
    expect(applyEdits(ENV, edits).slice(0, 2)).toEqual([
      { name: 'MODE', ...reference },
      { name: 'TOKEN', value: 'x' },
    ]);
  });

  it.each([
    [
      'a value over a reference',
      { env: { TOKEN: 'x' }, secrets: {} },
      /is a reference to the secret/,
    ],
    [
      'nothing over a reference',
      { env: { TOKEN: null }, secrets: {} },
      /is a reference to the secret/,
    ],
    ['a reference over a value', { env: {}, secrets: { MODE: reference } }, /not a reference/],
    ['both at once', { env: { NEW: 'x' }, secrets: { NEW: reference } }, /at once/],
  ])('refuse %s', (_what, edits, message) => {
    expect(() => applyEdits(ENV, edits)).toThrow(message);
  });

  it('never name a variable twice and never lose one that was not named', () => {
    const name = fc.constantFrom('MODE', 'TOKEN', 'LAST', 'NEW', 'OTHER');
    const env = fc.dictionary(name, fc.option(fc.string(), { nil: null }));
    const secrets = fc.dictionary(name, fc.option(fc.constant(reference), { nil: null }));
    fc.assert(
      fc.property(env, secrets, (literals, references) => {
        let after: readonly EnvEntry[];
        try {
          after = applyEdits(ENV, { env: literals, secrets: references });
        } catch {
          // Refused as a whole: that is an answer too, and the cases above say when.
          return;
        }
        const names = after.map((entry) => entry.name);
        expect(new Set(names).size).toBe(names.length);
        const named = new Set([...Object.keys(literals), ...Object.keys(references)]);
        expect(after).toEqual(
          expect.arrayContaining(ENV.filter((entry) => !named.has(entry.name))),
        );
      }),
    );
  });
});
