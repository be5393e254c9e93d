import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonText } from './json-text.ts';

it('writes every text as ASCII that JSON reads back as the same', () => {
  const text = fc
    .array(fc.nat(0xffff), { maxLength: 50 })
    .map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(text, (any) => {
      const written = jsonText(any);
      expect(written).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(`"${written}"`)).toBe(any);
    }),
  );
});

it.each(['"', '\\', '\u0000', '\n', '\u007f', 'é', '\ud83d', '😀'])('escapes %j', (text) => {
  expect(JSON.parse(`"${jsonText(text)}"`)).toBe(text);
  expect(jsonText(text)).toMatch(/^\\/);
});
