import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRINCIPAL_LIFETIME_S, signPrincipal, verifyPrincipal } from './principal.ts';

const secret = 'a secret of the two services';
const principal = {
  keyId: 'abc',
  environment: 'live',
  identity: 'team-search',
  scopes: ['GET /v1/models', 'POST /v1/embeddings'],
};
const now = 1_700_000_000_000;

describe('principal header', () => {
  it('is read back by who knows the secret', () => {
    expect(verifyPrincipal(signPrincipal(principal, secret, now), secret, now)).toEqual(principal);
  });

  it('tells of a key that is nobody’s and may do everything as little as it can', () => {
    const plain = { keyId: 'abc', environment: 'live', identity: null, scopes: [] };
    const header = signPrincipal(plain, secret, now);
    const claims = Buffer.from(header.split('.')[0] ?? '', 'base64url').toString();
    expect(Object.keys(JSON.parse(claims) as object)).toEqual(['key_id', 'env', 'exp']);
    expect(verifyPrincipal(header, secret, now)).toEqual(plain);
  });

  it('stays small: more scopes than others’ headers leave room for are not told', () => {
    const scopes = Array.from({ length: 50 }, (_, at) => `GET /${'p'.repeat(280)}/${String(at)}`);
    const header = signPrincipal({ ...principal, scopes }, secret, now);
    expect(header.length).toBeLessThan(4_096);
    expect(verifyPrincipal(header, secret, now)).toEqual({ ...principal, scopes: null });
  });

  it('is refused with another secret, expired, absent or unsigned', () => {
    const header = signPrincipal(principal, secret, now);
    const payload = header.split('.')[0] ?? '';
    expect(verifyPrincipal(header, 'another secret', now)).toBeNull();
    expect(verifyPrincipal(header, secret, now + (PRINCIPAL_LIFETIME_S + 1) * 1_000)).toBeNull();
    for (const broken of [undefined, '', '.', payload, `${payload}.`, `${header}.x`]) {
      expect(verifyPrincipal(broken, secret, now)).toBeNull();
    }
  });

  it('is refused when any character was changed', () => {
    const header = signPrincipal(principal, secret, now);
    // The last character of an unpadded base64url text may carry unused bits.
    const positions = fc.integer({ min: 0, max: header.length - 2 });
    fc.assert(
      fc.property(positions, fc.constantFrom('A', 'z', '0', '-', '.'), (at, character) => {
        fc.pre(header[at] !== character);
        const altered = header.slice(0, at) + character + header.slice(at + 1);
        expect(verifyPrincipal(altered, secret, now)).toBeNull();
      }),
    );
  });

  it('never throws on foreign text', () => {
    fc.assert(fc.property(fc.string(), (text) => verifyPrincipal(text, secret, now) === null));
  });
});
