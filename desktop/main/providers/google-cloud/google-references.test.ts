import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../ports/domain-error.ts';
import { GoogleHttp, googleApis } from '../cloud-run/google-http.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { GoogleReferences } from './google-references.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGE = `europe-docker.pkg.dev/shop/omni/gateway@${DIGEST}`;

const server = new ScriptedServer();
let origin = '';
let references: GoogleReferences;

function over(headers: () => Promise<Headers>): GoogleReferences {
  const apis = { ...googleApis('r'), secretManager: origin, registry: () => origin };
  return new GoogleReferences(new GoogleHttp(apis, headers), 'shop');
}

beforeAll(async () => {
  origin = await server.listen();
  references = over(() => Promise.resolve(new Headers({ authorization: 'Bearer t' })));
});
afterAll(() => server.close());

describe('what a revision of Cloud Run refers to', () => {
  it.each([
    [200, 'present'],
    [404, 'missing'],
    [403, 'unknown'],
    [503, 'unknown'],
  ])('an image is looked up by its digest: HTTP %i is %s', async (status, state) => {
    server.answer = () => ({ status, body: '' });
    expect(await references.image(IMAGE)).toMatchObject({ state });
    expect(server.requests.at(-1)).toMatchObject({
      method: 'HEAD',
      path: `/v2/shop/omni/gateway/manifests/${DIGEST}`,
    });
  });

  it('an image that no registry of Google has is not asked for', async () => {
    const before = server.requests.length;
    expect(await references.image('docker.io/library/nginx')).toMatchObject({ state: 'unknown' });
    expect(server.requests).toHaveLength(before);
  });

  it.each([
    ['ENABLED', 'present'],
    ['DISABLED', 'missing'],
    ['DESTROYED', 'missing'],
  ])('a secret’s version that is %s is %s', async (state, presence) => {
    server.answer = () => ({ status: 200, body: JSON.stringify({ state }) });
    expect(await references.secret('pepper', '3')).toMatchObject({ state: presence });
    expect(server.requests.at(-1)?.path).toBe('/v1/projects/shop/secrets/pepper/versions/3');
  });

  it('a token goes to no other host, and a redirect says nothing', async () => {
    const headers = { location: `${origin}/elsewhere` };
    server.answer = ({ path }) =>
      path === '/elsewhere' ? { status: 200, body: '' } : { status: 302, body: '', headers };
    expect(await references.image(IMAGE)).toMatchObject({ state: 'unknown' });
    expect(server.requests.at(-1)?.path).not.toBe('/elsewhere');
  });

  it('missing credentials are thrown, for they are the operator’s to mend', async () => {
    const missing = new DomainError({ code: 'CREDENTIALS_MISSING', message: 'm', nextStep: 'n' });
    await expect(over(() => Promise.reject(missing)).secret('pepper', '3')).rejects.toBe(missing);
  });
});
