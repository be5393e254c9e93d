import { generateKeyPairSync } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoleTokens } from './credentials/admin-tokens.ts';
import { parseUsers } from './credentials/admin-users.ts';
import { createAddressThrottle } from './http/address-throttle.ts';
import { ADMIN, startAdminRig } from './testing/admin-rig.ts';
import type { AdminRig } from './testing/admin-rig.ts';

const AUDIENCE = 'https://admin.example.com';
const google = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let certs: Server;
let rig: AdminRig;
beforeAll(async () => {
  const keys = [{ ...(await exportJWK(google.publicKey)), kid: 'k1', alg: 'RS256' }];
  certs = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => certs.listen(0, '127.0.0.1', resolve));
  const certsUrl = `http://127.0.0.1:${(certs.address() as AddressInfo).port}/certs`;
  const users = parseUsers('ada@example.com:admin, Bob@example.com:viewer') ?? new Map();
  rig = await startAdminRig({ rules: { google: { audience: AUDIENCE, users, certsUrl } } });
});
afterAll(async () => {
  await rig.stop();
  await new Promise((resolve) => certs.close(resolve));
});

const claims = {
  iss: 'https://accounts.google.com',
  aud: AUDIENCE,
  email: 'ada@example.com',
  email_verified: true,
};

function sign(changes: object = {}, key = google.privateKey, expires = '5m'): Promise<string> {
  return new SignJWT({ ...claims, ...changes })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key);
}

describe('Google ID tokens', () => {
  it('let the listed people in, with their roles and names', async () => {
    const token = await sign();
    expect((await rig.call('POST', '/keys', { token, body: { name: 'by ada' } })).status).toBe(201);
    const { json } = await rig.call('GET', '/audit?actor=ada@example.com');
    expect(json).toMatchObject({ entries: [{ action: 'key.create', role: 'admin' }] });
    const bob = await sign({ email: 'bob@example.com' });
    expect((await rig.call('GET', '/keys', { token: bob })).status).toBe(200);
    expect((await rig.call('POST', '/keys', { token: bob, body: {} })).status).toBe(403);
  });

  it.each([
    ['of another audience', () => sign({ aud: 'https://other.example.com' })],
    ['of another issuer', () => sign({ iss: 'https://evil.example.com' })],
    ['of somebody who is not listed', () => sign({ email: 'eve@example.com' })],
    ['with an address that was not verified', () => sign({ email_verified: false })],
    ['without an address', () => sign({ email: undefined })],
    ['that has ended', () => sign({}, google.privateKey, '-5m')],
    ['signed by somebody else', () => sign({}, stranger.privateKey)],
    [
      'without a signature',
      async () => {
        const [, payload = ''] = (await sign()).split('.');
        const head = Buffer.from('{"alg":"none"}').toString('base64url');
        return `${head}.${payload}.${'A'.repeat(20)}`;
      },
    ],
  ])('%s are refused', async (_name, make) => {
    expect((await rig.call('GET', '/keys', { token: await make() })).status).toBe(401);
  });
});

/** `fetch` does not let a test choose the Host. */
function statusWith(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { headers: { authorization: `Bearer ${ADMIN}`, ...headers } };
    request(`${rig.url}/admin/v1/keys`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('pages of other origins', () => {
  it.each([
    ['a foreign name (DNS rebinding)', { host: 'evil.example.com' }, 403],
    ['a name that ends like ours', { host: 'evil-localhost' }, 403],
    ['an address with a foreign tail', { host: '127.0.0.1.evil.example.com' }, 403],
    ['a name with a credential', { host: 'localhost@evil.example.com' }, 403],
    ['localhost', { host: 'localhost:8081' }, 200],
    ['an IPv6 address', { host: '[::1]:8081' }, 200],
    ['a name below localhost', { host: 'gateway.localhost' }, 200],
    ['another origin', { host: 'localhost:1', origin: 'http://localhost:2' }, 403],
    ['a sandboxed page', { host: 'localhost', origin: 'null' }, 403],
    ['its own origin', { host: 'localhost:1', origin: 'http://localhost:1' }, 200],
    ['a cross-site fetch', { host: 'localhost', 'sec-fetch-site': 'cross-site' }, 403],
    ['a same-origin fetch', { host: 'localhost', 'sec-fetch-site': 'same-origin' }, 200],
  ])('%s', async (_name, headers, status) => {
    expect(await statusWith(headers)).toBe(status);
  });
});

describe('rates', () => {
  it('never keep more than their bound, and let go after a minute', () => {
    let now = 0;
    const throttle = createAddressThrottle(2, () => now);
    expect([throttle.take('a'), throttle.take('a'), throttle.take('a')]).toEqual([0, 0, 60]);
    expect(throttle.take('b')).toBe(0);
    now = 30_000;
    expect(throttle.peek('a')).toBe(30);
    now = 60_000;
    expect([throttle.peek('a'), throttle.take('a')]).toEqual([0, 0]);
  });
});

describe('credentials in the environment', () => {
  it.each([
    ['viewer:0123456789abcdef', 1],
    ['viewer:0123456789abcdef,\n admin:fedcba9876543210', 2],
    ['viewer:short', null],
    ['owner:0123456789abcdef', null],
    ['0123456789abcdef', null],
  ])('ADMIN_TOKENS=%s', (text, count) => {
    expect(parseRoleTokens(text)?.length ?? null).toBe(count);
  });

  it.each([
    ['ada@example.com:admin', 1],
    ['ada@example.com', null],
    ['ada:admin', null],
    ['ada@example.com:root', null],
  ])('ADMIN_GOOGLE_USERS=%s', (text, count) => {
    expect(parseUsers(text)?.size ?? null).toBe(count);
  });
});

// Last: afterwards this address waits for a minute.
it('wrong credentials of an address end its minute sooner', async () => {
  const guess = async (): Promise<number> =>
    (await rig.call('GET', '/keys', { token: 'guess' })).status;
  const statuses = new Set<number>();
  for (let i = 0; i < 25; i += 1) statuses.add(await guess());
  expect([...statuses]).toEqual([401, 429]);
  const refused = await rig.call('GET', '/keys');
  expect(refused).toMatchObject({ status: 429, json: { code: 'rate_limited' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});
