import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mintKey, parseKey } from './key-format.ts';
import { keyIdOffset } from './read-key-id.ts';

/** What `parseKey` says, in the other's words. */
function expectSame(text: string): void {
  const parts = parseKey(text);
  const at = keyIdOffset(text);
  expect(at >= 0 ? text.slice(at, at + 12) : undefined).toBe(parts?.id);
}

describe('keyIdOffset', () => {
  it('reads what is minted, in every environment', () => {
    for (const environment of ['li', 'live', 'abcdefgh']) expectSame(mintKey(environment).text);
  });

  it('agrees with the grammar on changed keys and foreign text', () => {
    const { text } = mintKey('live');
    const at = fc.integer({ min: 0, max: text.length });
    const mutated = fc
      .tuple(at, at, fc.string({ unit: 'binary', maxLength: 2 }))
      .map(([from, to, inserted]) => text.slice(0, from) + inserted + text.slice(to));
    fc.assert(fc.property(fc.oneof(mutated, fc.string({ maxLength: 80 })), expectSame), {
      numRuns: 5_000,
    });
  });

  it('finds every change of one character', () => {
    const { text } = mintKey('live');
    for (let i = 0; i < text.length; i += 1) {
      for (const other of ['0', 'Z', 'z', '_', 'é', '\u{1F511}']) {
        if (text[i] !== other) expectSame(text.slice(0, i) + other + text.slice(i + 1));
      }
    }
  });
});
