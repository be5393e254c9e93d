import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

describe('redact', () => {
  it.each([
    ['Bearer abc123', 'Bearer [redacted]'],
    ['authorization: Basic dXNlcjpw', 'authorization: Basic [redacted]'],
    ['x-api-key: hunter2', 'x-api-key: [redacted]'],
    ['GET /a?api_key=hunter2&b=1', 'GET /a?api_key=[redacted]&b=1'],
    ['{"password":"hunter2"}', '{"password":"[redacted]"}'],
    ['postgres://omni:hunter2@db:5432/x', 'postgres://omni:[redacted]@db:5432/x'],
    ['a token of ours', 'a token of ours'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('lets no secret of our grammar through, whatever stands around it', () => {
    const base62 = fc.stringMatching(/^[0-9A-Za-z]{32}$/);
    fc.assert(
      fc.property(base62, fc.string(), fc.string(), (secret, before, after) => {
        const key = `omni_live_0123456789AB${secret}CRC123`;
        expect(redact(`${before} ${key} ${after}`)).not.toContain(secret);
      }),
    );
  });

  it.each([
    ['a key of ours', /^omni_[a-z]{2,8}_[0-9A-Za-z]{50}$/],
    ['credentials', /^(B|b)(EARER|earer) [0-9a-z]{1,20}$/],
    ['credentials of a password', /^(B|b)(ASIC|asic) [0-9a-z]{1,20}$/],
    [
      'named secrets',
      /^(x-api-key|Api_Key|apikey|AUTHORIZATION|password|Passwd|SECRET|token|Cookie)[:=][0-9a-z]{1,9}$/,
    ],
    ['the password of an address', /^[a-z]{2,9}:\/\/[a-z]{1,9}:[0-9a-z]{1,9}@[a-z]{1,9}$/],
  ])('sees %s in a text that holds nothing else', (_, pattern) => {
    fc.assert(
      fc.property(fc.stringMatching(pattern), (text) => {
        expect(redact(text)).not.toBe(text);
      }),
    );
  });
});
