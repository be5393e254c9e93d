import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configDocumentSchema } from './config-document.ts';
import { CONFIG_MIGRATION } from './config-migration.ts';
import { describeConfigRepository } from './config-repository.conformance.ts';
import { createMemoryConfigRepository } from './memory-config-repository.ts';
import { createPostgresConfigRepository } from './postgres-config-repository.ts';
import { documentOf } from './test-routing.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres.stop());

async function query(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

describeConfigRepository('memory', () => Promise.resolve(createMemoryConfigRepository()));
describeConfigRepository('Postgres', async () => {
  await query(`DROP TABLE IF EXISTS config_versions; ${CONFIG_MIGRATION}`);
  return createPostgresConfigRepository(postgres.url);
});

describe('a version in Postgres', () => {
  it('is committed together with what goes alongside, or not at all', async () => {
    await query(`DROP TABLE IF EXISTS config_versions; ${CONFIG_MIGRATION}`);
    const repository = createPostgresConfigRepository(postgres.url);
    const document = configDocumentSchema.parse(
      documentOf([{ id: 'r', pathPrefix: '/', upstream: 'a' }]),
    );
    const failing = repository.append({
      ...{ document, actor: 'ops', comment: '', after: undefined },
      alongside: () => Promise.reject(new Error('no audit entry')),
    });
    await expect(failing).rejects.toMatchObject({ code: 'config_unavailable' });
    expect(await repository.newest()).toBeNull();
    await repository.close();
  });

  it('says when the database is away', async () => {
    const repository = createPostgresConfigRepository('postgres://omni@127.0.0.1:1/x');
    await expect(repository.newest()).rejects.toMatchObject({ code: 'config_unavailable' });
    await repository.close();
  });
});
