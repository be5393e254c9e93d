import { backendHealth } from '@omni/contracts/health.ts';
import { omniSummary } from '@omni/contracts/summary.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { PAGE_CSP } from '@omni/kit/api-docs/render-page.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import { until } from '../testing/until.ts';
import type { TestService } from '../testing/test-service.ts';
import { createTestService, whenReady } from '../testing/test-service.ts';
import type { DocumentedRoute, ExampleDoc } from '@omni/kit/api-docs/route-doc.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

let postgres: TestPostgres;
let test: TestService;

beforeAll(async () => {
  postgres = await startTestPostgres();
  test = await createTestService({ DATABASE_URL: postgres.url });
  await whenReady(test);
  await until('the schema', () => test.service.parts().database.state === 'ok' || undefined);
});
afterAll(async () => {
  await test.close();
  await postgres.stop();
});

/** What Fastify really answers, read from its own printed tree (4 columns a level). */
function answeringRoutes(): string[] {
  const parents: string[] = [];
  return test.app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const found = /^([^/]*)(\/\S*) \(([A-Z, ]+)\)/.exec(line);
      if (found === null) return [];
      const [, indent = '', part = '', methods = ''] = found;
      const level = indent.length / 4 - 1;
      parents[level] = `${level === 0 ? '' : (parents[level - 1] ?? '')}${part}`;
      const path = toTemplate(parents[level]);
      return methods.split(', ').flatMap((name) => (name === 'HEAD' ? [] : `${name} ${path}`));
    });
}

function toTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

const OTHER_EXAMPLES = [
  { text: 'certificate has expired', label: 'tls' },
  { text: 'unable to verify the certificate', label: 'tls' },
];

interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}

describe('the OpenAPI document', () => {
  it('describes every route that answers', async () => {
    const document = (await test.app.inject('/api/openapi.json')).json<OpenApi>();
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const answering = answeringRoutes();
    expect(answering.length).toBeGreaterThanOrEqual(10);
    expect(described.sort()).toEqual(answering.sort());
  });

  it('has examples that do what they say', async () => {
    const replayed: string[] = [];
    for (const route of inOrder(test.routes)) {
      expect(route.doc.examples.length, `${route.method} ${route.path}`).toBeGreaterThan(0);
      for (const example of route.doc.examples) {
        await replay(route, example);
        replayed.push(`${route.method} ${route.path} ${example.name}`);
      }
    }
    expect(replayed.length).toBeGreaterThanOrEqual(60);
  });
});

/** What removes comes last, and of two the one that removes less comes first. */
function inOrder(routes: readonly DocumentedRoute[]): DocumentedRoute[] {
  const rank = ({ method, path }: DocumentedRoute): number =>
    method === 'DELETE' ? 1_000 - path.length : 0;
  return [...routes].sort((a, b) => rank(a) - rank(b));
}

async function replay({ method, path, doc }: DocumentedRoute, example: ExampleDoc): Promise<void> {
  const answer = await test.app.inject({
    method: method as 'GET',
    url: path.replaceAll(/:(\w+)/g, (_all, name: string) => example.params?.[name] ?? ''),
    ...(example.body === undefined ? {} : { payload: example.body as object }),
  });
  expect(answer.statusCode, `${method} ${path} ${example.name}`).toBe(example.status);
  const documented = doc.responses[example.status];
  if (example.status === 204) return;
  const type = documented?.contentType ?? 'application/json';
  expect(answer.headers['content-type']).toContain(type);
  const schema: z.ZodType | undefined = documented?.schema;
  if (schema !== undefined) schema.parse(answer.json());
}

describe('the docs page', () => {
  it('needs nothing from anywhere else', async () => {
    const page = await test.app.inject('/api/docs');
    expect(page.headers['content-security-policy']).toBe(PAGE_CSP);
    expect(PAGE_CSP).toContain("default-src 'none'");
    expect(PAGE_CSP).not.toMatch(/https?:|unsafe/);
    expect(page.body).not.toMatch(/(?:src|href)="?(?:https?:)?\/\//);
    expect(page.body).not.toMatch(/ (?:style|on\w+)="/);
    for (const { path } of test.routes) {
      expect(page.body).toContain(`data-path="${toTemplate(path)}"`);
    }
  });
});

describe('health and summary', () => {
  it('keep the contract and every answer names its revision', async () => {
    const health = await test.app.inject('/api/health');
    expect(health.statusCode).toBe(200);
    const body = backendHealth.strict().parse(health.json());
    expect(body.status).toBe('healthy');
    expect([body.services.database.state, body.services.redis.state]).toEqual([
      'ok',
      'not_configured',
    ]);
    expect(body.services.ai.facts).toMatchObject({ model: 'all-minilm-l6-v2/1', lanes: '1 of 1' });
    for (const url of ['/api/health', '/nothing', '/v1/models/none']) {
      const { headers } = await test.app.inject({ url, headers: { 'x-request-id': 'abc-12345' } });
      expect(headers).toMatchObject({ 'x-omni-revision': 'test', 'x-request-id': 'abc-12345' });
    }
  });

  it('sum up what runs here', async () => {
    const body = omniSummary.strict().parse((await test.app.inject('/api/v1/omni/summary')).json());
    expect(body.models).toMatchObject([{ name: 'all-minilm-l6-v2', state: 'ready', dims: 384 }]);
    expect(body.lanes).toEqual({ total: 1, ready: 1, restarts: 0 });
    expect(body.startup.map(({ phase }) => phase)).toContain('lane self-check');
  });

  it('answers errors as problems', async () => {
    const answer = await test.app.inject('/nothing');
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 404, code: 'route_not_found' });
    const broken = await test.app.inject({
      method: 'POST',
      url: '/v1/embeddings',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(broken.json()).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  it('turn when the instance stops, which has what others stored until then', async () => {
    const label = { text: 'no space left on device', label: 'disk' };
    const examples = [label, { ...label, text: 'the volume is full' }, ...OTHER_EXAMPLES];
    const trained = await test.app.inject({
      method: 'PUT',
      url: '/api/v1/ai/logs/heads/kept',
      payload: { examples },
    });
    expect(trained.json()).toMatchObject({ version: 1, labels: ['disk', 'tls'] });
    const other = await createTestService({ DATABASE_URL: postgres.url });
    await whenReady(other);
    const answer = await other.app.inject({
      method: 'POST',
      url: '/api/v1/ai/logs/classify',
      payload: { head: 'kept', lines: ['ENOSPC: no space left on device, write'] },
    });
    expect(answer.json()).toMatchObject({ version: 1, results: [{ label: 'disk' }] });
    other.service.refuse();
    expect((await other.app.inject('/health/ready')).json()).toMatchObject({ status: 'stopping' });
    const health = await other.app.inject('/api/health');
    expect(health.statusCode).toBe(503);
    expect(health.json()).toMatchObject({ status: 'unhealthy' });
    expect((await other.app.inject('/health/live')).statusCode).toBe(200);
    await other.close();
  });
});

describe('without a model', () => {
  it('lives, is not ready, and says why', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'omni-none-'));
    const empty = await createTestService({ MODELS_DIR: dir });
    try {
      expect((await empty.app.inject('/health/live')).statusCode).toBe(200);
      expect((await empty.app.inject('/health/ready')).statusCode).toBe(503);
      expect((await empty.app.inject('/api/health')).json()).toMatchObject({
        status: 'unhealthy',
        services: { ai: { state: 'down', reason: 'the model folder has no model' } },
      });
      expect(empty.logged()).toContain('MODELS_MISSING');
    } finally {
      await empty.close();
      await rm(dir, { recursive: true });
    }
  });
});
