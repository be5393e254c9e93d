import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyHasher, parsePeppers, processPepper } from './hash-key.ts';

const one = Buffer.alloc(16, 1).toString('base64');
const two = Buffer.alloc(32, 2).toString('base64');

describe('parsePeppers', () => {
  it('reads versions in order, the first is current', () => {
    expect(parsePeppers(`2:${two},1:${one}`)?.map((pepper) => pepper.version)).toEqual([2, 1]);
  });

  it.each([
    ['nothing', ''],
    ['no version', one],
    ['too short', '1:c2hvcnQ='],
    ['the same version twice', `1:${one},1:${two}`],
    ['no base64', '1:!!!!'],
  ])('refuses %s', (_name, text) => {
    expect(parsePeppers(text)).toBeNull();
  });
});

describe('createKeyHasher', () => {
  it('is HMAC-SHA-256 with every pepper, the current one first', () => {
    const peppers = parsePeppers(`2:${two},1:${one}`) ?? processPepper();
    const [current, older] = createKeyHasher(peppers)('key');
    const expected = createHmac('sha256', Buffer.alloc(32, 2)).update('key').digest();
    expect(current).toEqual({ pepperVersion: 2, digest: expected });
    expect(older?.pepperVersion).toBe(1);
    expect(older?.digest).not.toEqual(expected);
  });
});
