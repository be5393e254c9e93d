import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createIdToken, expiryOf } from './id-token.ts';
import type { IdToken } from './id-token.ts';
import { fetchIdToken } from './metadata-server.ts';

const AUDIENCE = 'https://backend.example.com';
const HOUR = 3_600_000;

const jwt = (expSeconds: number): string => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ exp: expSeconds })}.c2ln`;
};

let server: Server | undefined;
afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
  server = undefined;
});

/** A metadata server of ours; `answer` gets each request. */
async function metadata(
  answer: (request: IncomingMessage) => { status: number; body: string; flavor?: string },
): Promise<string> {
  server = createServer((request, response) => {
    const { status, body, flavor = 'Google' } = answer(request);
    response.writeHead(status, { 'metadata-flavor': flavor, connection: 'close' }).end(body);
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

function tokenOf(host: string, clock: { now: number }, failures: string[] = []): IdToken {
  return createIdToken(AUDIENCE, {
    fetch: (audience) => fetchIdToken(host, audience),
    now: () => clock.now,
    failed: (error) => failures.push(error.message),
  });
}

describe('the ID token of an upstream', () => {
  it('is fetched once for a thousand requests, for the audience of the upstream', async () => {
    const asked: (string | undefined)[] = [];
    const clock = { now: 0 };
    const host = await metadata(({ url, headers }) => {
      asked.push(url);
      return { status: headers['metadata-flavor'] === 'Google' ? 200 : 403, body: jwt(3_600) };
    });
    const token = tokenOf(host, clock);
    const waiting = Array.from({ length: 1_000 }, () => token.ensure());
    expect(new Set(waiting).size).toBe(1);
    await waiting[0];
    for (let i = 0; i < 1_000; i += 1) expect(token.ensure()).toBeNull();
    expect(asked).toHaveLength(1);
    expect(new URL(asked[0] ?? '', 'http://x').searchParams.get('audience')).toBe(AUDIENCE);
    expect(token.headers()).toEqual(['x-serverless-authorization', `Bearer ${jwt(3_600)}`]);
  });

  it('is renewed in the background five minutes before its end', async () => {
    const clock = { now: 0 };
    let fetches = 0;
    const host = await metadata(() => ({ status: 200, body: jwt((fetches += 1) * 3_600) }));
    const token = tokenOf(host, clock);
    await token.ensure();
    clock.now = HOUR - 300_001;
    expect(token.ensure()).toBeNull();
    expect(fetches).toBe(1);
    clock.now = HOUR - 300_000;
    expect(token.ensure()).toBeNull();
    expect(token.headers()[1]).toBe(`Bearer ${jwt(3_600)}`);
    await expect.poll(() => token.headers()[1]).toBe(`Bearer ${jwt(7_200)}`);
    expect(fetches).toBe(2);
  });

  it('serves to its end while the metadata server is away, and no longer', async () => {
    const clock = { now: 0 };
    const failures: string[] = [];
    let status = 200;
    let fetches = 0;
    const host = await metadata(() => {
      fetches += 1;
      return { status, body: jwt(3_600) };
    });
    const token = tokenOf(host, clock, failures);
    await token.ensure();
    status = 500;
    clock.now = HOUR - 1_000;
    expect(token.ensure()).toBeNull();
    expect(token.ensure()).toBeNull();
    await expect.poll(() => failures).toEqual(['The metadata server answered 500']);
    expect(fetches).toBe(2);
    expect(token.headers()).toHaveLength(2);
    clock.now = HOUR;
    await token.ensure();
    expect(token.headers()).toEqual([]);
  });

  it.each([
    ['of somebody else', { status: 200, body: jwt(1), flavor: 'Other' }],
    ['that is no JWT', { status: 200, body: '<html>' }],
    ['that is too long', { status: 200, body: 'x'.repeat(20_000) }],
  ])('is not taken from an answer %s', async (_name, answer) => {
    const failures: string[] = [];
    const token = tokenOf(await metadata(() => answer), { now: 0 }, failures);
    await token.ensure();
    expect(token.headers()).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  it('needs an exp', () => {
    expect(expiryOf(jwt(7))).toBe(7_000);
    expect(() => expiryOf(`e30.${Buffer.from('{}').toString('base64url')}.c2ln`)).toThrow('no exp');
  });
});
