import { signPrincipal } from '@omni/kit/principal.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestService } from '../testing/test-service.ts';
import { createTestService } from '../testing/test-service.ts';
import { stripInternalPrefix } from './strip-internal-prefix.ts';

const secret = 'a secret for this test only';
const previous = 'the secret before the rotation';
const caller = { keyId: 'key1', environment: 'live', identity: null, scopes: [] };
let internal: TestService;
let open: TestService;
let models: string;

beforeAll(async () => {
  // An empty repository: these tests are about who may call, not about vectors.
  models = await mkdtemp(join(tmpdir(), 'omni-none-'));
  internal = await createTestService({
    MODELS_DIR: models,
    RUN_AS_INTERNAL: '1',
    PRINCIPAL_SECRET: secret,
    PRINCIPAL_SECRET_PREVIOUS: previous,
  });
  open = await createTestService({ MODELS_DIR: models, RATE_LIMIT_PER_MINUTE: '6' });
});
afterAll(async () => {
  await internal.close();
  await open.close();
  await rm(models, { recursive: true });
});

const now = Date.now();
const valid = signPrincipal(caller, secret, now);
const [payload = '', mac = ''] = valid.split('.');
const richer = Buffer.from(
  JSON.stringify({ key_id: 'root', env: 'live', exp: Math.floor(now / 1_000) + 30 }),
).toString('base64url');

describe('who may call in internal mode', () => {
  it.each([
    ['nothing', undefined, 401],
    ['a valid signature', valid, 200],
    ['a signature by the previous secret', signPrincipal(caller, previous, now), 200],
    ['another secret', signPrincipal(caller, 'somebody elses secret', now), 401],
    ['an expired one', signPrincipal(caller, secret, now - 31_000), 401],
    ['another payload under the same signature', `${richer}.${mac}`, 401],
    ['a cut signature', `${payload}.${mac.slice(0, 20)}`, 401],
    ['no signature', payload, 401],
    ['an empty signature', `${payload}.`, 401],
    ['a third part', `${valid}.x`, 401],
    ['rubbish', 'rubbish', 401],
  ])('%s', async (_what, header, status) => {
    const answer = await internal.app.inject({
      url: '/v1/models',
      headers: header === undefined ? {} : { 'x-omni-principal': header },
    });
    expect(answer.statusCode).toBe(status);
    if (status === 401) {
      expect(answer.json()).toMatchObject({ status: 401, code: 'principal_required' });
    }
  });

  it.each(['/v1/models', '/v1/embeddings', '/api/v1/omni/summary', '/api/docs', '/nothing'])(
    'asks for the principal at %s',
    async (url) => {
      expect((await internal.app.inject(url)).statusCode).toBe(401);
    },
  );

  it.each(['/health', '/health/live', '/health/ready', '/api/health', '/metrics'])(
    'leaves %s open',
    async (url) => {
      expect((await internal.app.inject(url)).statusCode).not.toBe(401);
    },
  );

  it('ignores the header when it is not internal', async () => {
    const answer = await open.app.inject({
      url: '/v1/models',
      headers: { 'x-omni-principal': 'rubbish' },
    });
    expect(answer.statusCode).toBe(200);
  });
});

describe('the /internal prefix', () => {
  it.each([
    ['/internal/api/health?x=1', 503],
    ['/internal/health/live', 200],
    ['/internal/v1/models', 200],
    ['/internal/internal/health/live', 404],
    ['/internal', 404],
    ['/internalx/health/live', 404],
    ['//internal/health/live', 404],
    ['/%69nternal/health/live', 404],
    ['/INTERNAL/health/live', 404],
  ])('%s answers %i', async (url, status) => {
    const headers = { 'x-omni-principal': valid };
    expect((await internal.app.inject({ url, headers })).statusCode).toBe(status);
  });

  it('is an unknown address when the service is not internal', async () => {
    const call = { url: '/internal/health/live', remoteAddress: '10.0.0.8' };
    expect((await open.app.inject(call)).statusCode).toBe(404);
  });

  it('is removed once, with the query kept', () => {
    expect(stripInternalPrefix('/internal/a?x=/internal/')).toBe('/a?x=/internal/');
    expect(stripInternalPrefix('/internal/internal/a')).toBe('/internal/a');
  });

  it('never shows in a metric', async () => {
    const { body } = await internal.service.metrics.render();
    expect(body).toContain('http_route="/health/live"');
    expect(body).not.toContain('internal');
  });
});

describe('the limit per address', () => {
  it('refuses with a Retry-After and never the probes', async () => {
    const remoteAddress = '10.0.0.9';
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) {
      const answer = await open.app.inject({ url: '/v1/models', remoteAddress });
      statuses.push(answer.statusCode);
      if (answer.statusCode === 429) {
        expect(answer.json()).toMatchObject({ code: 'rate_limited' });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
      }
    }
    expect(statuses).toEqual([200, 429, 429, 429]);
    expect((await open.app.inject({ url: '/health/live', remoteAddress })).statusCode).toBe(200);
    const other = await open.app.inject({ url: '/v1/models', remoteAddress: '10.0.0.10' });
    expect(other.statusCode).toBe(200);
  });
});
