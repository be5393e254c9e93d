import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { GoogleHttp, googleApis } from './google-http.ts';
import { resolveDigest } from './resolve-digest.ts';
import type { CallSubject } from './to-domain-error.ts';
import { toDomainError } from './to-domain-error.ts';

const subject: CallSubject = {
  platform: 'Cloud Run',
  project: 'p',
  service: 'gateway',
  missing: 'SERVICE_NOT_FOUND',
};
const DIGEST = `sha256:${'c'.repeat(64)}`;

let server: ScriptedServer;
let origin: string;
let http: GoogleHttp;
beforeEach(async () => {
  server = new ScriptedServer();
  origin = await server.listen();
  const headers = new Headers({ authorization: 'Bearer t', 'x-goog-user-project': 'payer' });
  http = new GoogleHttp({ ...googleApis('r'), registry: () => origin }, () =>
    Promise.resolve(headers),
  );
});
afterEach(() => server.close());

const ask = (): Promise<unknown> => http.get(`${origin}/v1/thing`, z.unknown());
const codeOf = async (asking: Promise<unknown>): Promise<string> => {
  const thrown = await asking.catch((error: unknown) => error);
  return toDomainError(thrown, subject).code;
};

describe('a call of a JSON API', () => {
  it('carries the token and the project that pays, and never changes the caller’s headers', async () => {
    server.answer = () => ({ status: 200, body: '{"a":1}' });
    await http.post(`${origin}/v1/thing`, { b: 2 }, z.unknown());
    await ask();
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer t',
      'Bearer t',
    ]);
    expect(server.requests[0]?.headers['x-goog-user-project']).toBe('payer');
    expect(server.requests[1]?.headers['content-type']).toBeUndefined();
  });

  it('finds nothing where there is nothing', async () => {
    server.answer = () => ({ status: 404, body: '<html>not json</html>' });
    expect(await http.find(`${origin}/v1/thing`, z.unknown())).toBeNull();
    expect(await codeOf(ask())).toBe('SERVICE_NOT_FOUND');
  });

  it('follows no redirect: the token would go along', async () => {
    server.answer = ({ path }) =>
      path === '/stolen'
        ? { status: 200, body: '{}' }
        : { status: 302, body: '', headers: { location: `${origin}/stolen` } };
    expect(await codeOf(ask())).toBe('TARGET_UNREACHABLE');
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/thing']);
  });

  it('says so when nobody answers', async () => {
    await server.close();
    expect(await codeOf(ask())).toBe('TARGET_UNREACHABLE');
  });
});

describe('resolveDigest', () => {
  it('asks the registry for a tag, and for nothing that has its digest', async () => {
    server.answer = () => ({
      status: 200,
      body: '',
      headers: { 'docker-content-digest': DIGEST },
    });
    const image = 'us-docker.pkg.dev/cloudrun/container/hello';
    expect(await resolveDigest(http, image)).toBe(`${image}@${DIGEST}`);
    expect(await resolveDigest(http, `${image}:v1`)).toBe(`${image}@${DIGEST}`);
    expect(await resolveDigest(http, `${image}@${DIGEST}`)).toBe(`${image}@${DIGEST}`);
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/v2/cloudrun/container/hello/manifests/latest',
      '/v2/cloudrun/container/hello/manifests/v1',
    ]);
  });

  it.each(['hello', 'x.pkg.dev/none'])('refuses %s, which nobody has', async (image) => {
    server.answer = () => ({ status: 404, body: '' });
    await expect(resolveDigest(http, image)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
