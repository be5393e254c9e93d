import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksum, mintKey, parseKey } from './key-format.ts';

const environment = fc.stringMatching(/^[a-z]{2,8}$/);

describe('key format', () => {
  it('has the documented shape', () => {
    const key = mintKey('live');
    expect(key.text).toMatch(/^omni_live_[0-9A-Za-z]{50}$/);
    expect(key.text.slice(10, 22)).toBe(key.id);
    expect(key.prefix).toBe('omni_live_');
    expect(key.last4).toBe(key.text.slice(-4));
  });

  it('parses what it mints', () => {
    fc.assert(
      fc.property(environment, (env) => {
        const { text, id, prefix, last4 } = mintKey(env);
        expect(parseKey(text)).toEqual({ environment: env, id, prefix, last4 });
      }),
    );
  });

  it('finds every change of one character', () => {
    const { text } = mintKey('live');
    const alphabet = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_';
    const at = fc.integer({ min: 0, max: text.length - 1 });
    fc.assert(
      fc.property(at, fc.constantFrom(...Array.from(alphabet)), (index, character) => {
        fc.pre(text[index] !== character);
        expect(parseKey(text.slice(0, index) + character + text.slice(index + 1))).toBeNull();
      }),
    );
  });

  it('finds two exchanged neighbours', () => {
    const { text } = mintKey('live');
    for (let i = 10; i + 1 < text.length; i += 1) {
      const [a = '', b = ''] = [text[i], text[i + 1]];
      if (a !== b) expect(parseKey(text.slice(0, i) + b + a + text.slice(i + 2))).toBeNull();
    }
  });

  it('recognises foreign text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => parseKey(text) === null));
    for (const text of ["' OR '1'='1", 'omni_live_', `${mintKey('live').text}\n`]) {
      expect(parseKey(text)).toBeNull();
    }
  });

  it('uses every character of the alphabet about equally', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 3_000; i += 1) {
      for (const character of mintKey('live').text.slice(10, -6)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(62);
    // 132,000 characters, 2,129 expected of each (sigma 46); a modulo bias gives eight of them 2,578.
    for (const count of counts.values()) expect(Math.abs(count - 2_129)).toBeLessThan(300);
  });

  it('has a stable checksum', () => {
    expect(checksum('')).toBe('000000');
    // CRC-32 of "123456789" is the published check value 0xCBF43926.
    expect(parseBase62(checksum('123456789'))).toBe(0xcbf43926);
  });
});

function parseBase62(text: string): number {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  return Array.from(text).reduce((sum, character) => sum * 62 + alphabet.indexOf(character), 0);
}
