import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClientText } from './client-text.ts';

const SECRET = 'S'.repeat(32);
const KEY = `omni_live_0123456789AB${SECRET}CRC123`;
const clientText = createClientText(['static-key-of-the-environment', 'short']);

describe('client text', () => {
  it.each([
    ['/api/v1/omni/summary', '/api/v1/omni/summary'],
    ['/a"b\\c', '/a\\"b\\\\c'],
    ['/shortcut', '/shortcut'],
    ['/a%20b', '/a%20b'],
    [`/k/${KEY}`, '/k/omni_live_0123456789AB…C123'.replace('…', '\\u2026')],
    ['/k/static-key-of-the-environment/x', '/k/[redacted]/x'],
    ['/k/static%2Dkey-of-the-environment', '/k/[redacted]'],
    ['/a;token=hunter2', '/a;token=[redacted]'],
    ['http://user:hunter2@host/', 'http://user:[redacted]@host/'],
    ['curl Bearer hunter2', 'curl Bearer [redacted]'],
  ])('%s', (text, expected) => {
    expect(clientText(text, 200)).toBe(expected);
  });

  it('cuts long texts, and never in the middle of a key', () => {
    expect(clientText('a'.repeat(300), 200)).toBe(`${'a'.repeat(200)}...`);
    expect(clientText(`${'a'.repeat(170)}${KEY}`, 200)).not.toContain('SSS');
  });

  it('lets no key through, however it is encoded and whatever stands around it', () => {
    const encode = (text: string, rounds: number): string => {
      const percent = (char: string): string =>
        `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
      let encoded = rounds > 0 ? text.replaceAll(/[_S]/g, percent) : text;
      for (let round = 1; round < rounds; round += 1) encoded = encoded.replaceAll('%', '%25');
      return encoded;
    };
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(3), (before, after, rounds) => {
        const written = clientText(`${before}/${encode(KEY, rounds)}/${after}`, 400);
        let decoded = written;
        for (let round = 0; round < 4; round += 1) {
          decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_match, digits: string) =>
            String.fromCharCode(Number.parseInt(digits, 16)),
          );
        }
        expect(decoded).not.toContain(SECRET);
      }),
    );
  });
});
