import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryLog, createTestService, whenReady } from '../testing/test-service.ts';
import type { TestService } from '../testing/test-service.ts';
import { until } from '../testing/until.ts';
import { createServiceMetrics } from '@omni/kit/metrics.ts';
import { openDatabase } from '../data/postgres.ts';
import { Collections } from './collections.ts';
import type { TextEmbedder } from './collections.ts';
import { DocumentRepository } from './document-repository.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

let postgres: TestPostgres;
let test: TestService;

beforeAll(async () => {
  postgres = await startTestPostgres();
  test = await createTestService({ DATABASE_URL: postgres.url });
  await whenReady(test);
  await until('the schema', async () => {
    const { statusCode } = await test.app.inject('/api/v1/ai/collections');
    return statusCode === 200 || undefined;
  });
});
afterAll(async () => {
  await test.close();
  await postgres.stop();
});

async function post(url: string, body: unknown): Promise<{ status: number; body: never }> {
  const answer = await test.app.inject({ method: 'POST', url, payload: body as object });
  return { status: answer.statusCode, body: answer.json<never>() };
}

interface Found {
  readonly hits: readonly { readonly id: string; readonly vector: number | null }[];
  readonly lexical_only: number;
}

const search = async (body: object): Promise<Found> =>
  (await post('/api/v1/ai/search', { collection: 'runbooks', ...body })).body;

describe('collections', () => {
  it('are stored, searched by words and meaning, and removed', async () => {
    const documents = [
      { id: 'rollback', text: 'Roll back a bad release of the gateway in one click' },
      { id: 'keys', text: 'Create, rotate and revoke API keys', metadata: { area: 'keys' } },
      { id: 'disk', text: 'Free disk space on the database server' },
    ];
    const url = '/api/v1/ai/collections/runbooks/documents';
    expect(await post(url, { documents })).toMatchObject({ status: 200, body: { stored: 3 } });

    const byWord = await search({ query: 'revoke' });
    expect(byWord.hits[0]).toMatchObject({ id: 'keys', metadata: { area: 'keys' } });
    const byMeaning = await search({ query: 'undo deployment', vector_weight: 1, limit: 3 });
    expect(byMeaning.lexical_only).toBe(0);

    await post(url, { documents: [{ id: 'keys', text: 'Nothing of that kind any more' }] });
    expect((await search({ query: 'revoke' })).hits).toEqual([]);

    const gone = await test.app.inject({ method: 'DELETE', url: `${url}/disk` });
    expect(gone.statusCode).toBe(204);
    expect((await search({ query: 'disk' })).hits).toEqual([]);
    const all = await test.app.inject({ method: 'DELETE', url: '/api/v1/ai/collections/runbooks' });
    expect(all.statusCode).toBe(204);
    const none = await post('/api/v1/ai/search', { collection: 'runbooks', query: 'x' });
    expect(none).toMatchObject({ status: 404, body: { code: 'collection_not_found' } });
  });

  it.each([
    ['a name that is none', '/api/v1/ai/collections/No!/documents', { documents: [] }],
    [
      'an id twice',
      '/api/v1/ai/collections/twice/documents',
      {
        documents: [
          { id: 'a', text: 'one' },
          { id: 'a', text: 'two' },
        ],
      },
    ],
  ])('refuse %s', async (_, url, body) => {
    expect(await post(url, body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });

  it('never compare vectors of another model, and embed them anew', async () => {
    const { registry } = createServiceMetrics({ version: '0', revision: 'r' });
    const duration = registry.histogram({
      name: 'db_client_operation_duration_seconds',
      help: 'x',
      labelNames: ['db_system_name', 'db_operation_name'],
      buckets: [1],
    });
    const database = openDatabase(postgres.url, duration);
    const repository = new DocumentRepository(database);
    let model: TextEmbedder | null = null;
    const embedded: string[] = [];
    const modelOf = (sha: string): TextEmbedder => ({
      sha,
      embed: async (texts) => {
        embedded.push(...texts.map((text) => `${sha}:${text}`));
        return await Promise.resolve(texts.map(() => Float32Array.from([1, 0])));
      },
    });
    const collections = new Collections(repository, () => model, memoryLog().log);
    const ask = { text: 'alpha', limit: 5, vectorWeight: 1 };

    await collections.put('notes', [{ id: '1', text: 'alpha beta', metadata: {} }]);
    expect(await collections.search('notes', ask)).toMatchObject({ lexicalOnly: 1 });
    for (const sha of ['first', 'second']) {
      model = modelOf(sha);
      expect(await collections.search('notes', ask)).toMatchObject({ documents: 1 });
      await until(`embedded by ${sha}`, async () => {
        const found = await collections.search('notes', ask);
        return found?.lexicalOnly === 0 || undefined;
      });
      expect(embedded).toContain(`${sha}:alpha beta`);
    }
    await database.close();
  });
});

describe('without a database', () => {
  it('says so, and the other routes work', async () => {
    const alone = await createTestService();
    const answer = await alone.app.inject('/api/v1/ai/collections');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'database_unavailable' });
    expect((await alone.app.inject('/health/live')).statusCode).toBe(200);
    await alone.close();
  });
});
