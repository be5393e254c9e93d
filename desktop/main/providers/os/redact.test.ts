import { homedir } from 'node:os';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const secret = fc.stringMatching(/^[A-Za-z0-9]{24,40}$/u);

/** The ways in which a credential gets into a log line. */
const DISGUISES: Readonly<Record<string, (secret: string) => string>> = {
  'a gateway key': (value) => `omni_live_${value}`,
  'an older key': (value) => `key omk_${value} refused`,
  'a bearer header': (value) => `{"authorization":"Bearer ${value}"}`,
  'an x-api-key header': (value) => `x-api-key: ${value}`,
  'a JSON x-api-key': (value) => JSON.stringify({ 'x-api-key': value }),
  'a Google token': (value) => `ya29.${value}`,
  'an address with a token': (value) => `GET /?token=${value}&a=1`,
  'a database address': (value) => `postgres://omni:${value}@127.0.0.1:5432/gateway`,
  'a session cookie': (value) => `cookie: omni_session_1=${value}; theme=dark`,
  'a password field': (value) => JSON.stringify({ password: value }),
  'a private key': (value) => `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----`,
};

describe('redact', () => {
  it.each(Object.entries(DISGUISES))('hides %s', (_name, disguise) => {
    fc.assert(
      fc.property(secret, (value) => {
        expect(redact(`before ${disguise(value)} after`)).not.toContain(value);
      }),
    );
  });

  it('leaves an ordinary sentence alone', () => {
    const line = 'Deploy gateway: 20 of 20 answers carry gateway-00002 (token bucket, no key)';
    expect(redact(line)).toBe(line);
  });

  it('says ~ instead of the home folder', () => {
    expect(redact(`${homedir()}/state`)).toBe('~/state');
  });
});
