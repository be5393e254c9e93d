import fc from 'fast-check';

/** Texts with one character put in, taken out or changed: those that a parser could stumble over. */
export function mutatedOnce(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      texts,
      fc.nat(),
      fc.constantFrom('in', 'out', 'change'),
      fc.constantFrom('\r', '\n', '\0', ' ', '\t', ':', ',', ';', '0', 'f', '\u0080', '\u007f'),
    )
    .map(([text, where, how, byte]) => {
      const at = where % (text.length + 1);
      const after = text.slice(how === 'in' ? at : at + 1);
      return text.slice(0, at) + (how === 'out' ? '' : byte) + after;
    });
}
