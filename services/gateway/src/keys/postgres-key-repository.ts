import type pg from 'pg';
import type { KeyRepository } from './key-repository.ts';
import {
  createKey,
  keyEdits,
  purgeKeys,
  revokeKey,
  revokeKeys,
  upgradeSecret,
} from './postgres-key-edits.ts';
import { getKey, listKeys, loadKeys, readChanges } from './postgres-key-reads.ts';
import { keySources } from './postgres-key-sources.ts';
import { keyLifecycle } from './postgres-key-states.ts';
import { keyUsage } from './postgres-key-usage.ts';
import { openPool, withClient } from './postgres-pool.ts';

/** Opens the store and brings its schema up to date. */
export async function openPostgresKeyRepository(databaseUrl: string): Promise<KeyRepository> {
  return createRepository(await openPool(databaseUrl));
}

function createRepository(pool: pg.Pool): KeyRepository {
  return {
    readChanges: (afterEpoch) => readChanges(pool, afterEpoch),
    load: (sink) => loadKeys(pool, sink),
    list: (query) => listKeys(pool, query),
    get: (id) => withClient(pool, (client) => getKey(client, id)),
    create: (key, context) => createKey(pool, key, context),
    revoke: (id, reason, context) => revokeKey(pool, { id, reason }, context),
    revokeMany: (ids, context) => revokeKeys(pool, ids, context),
    purge: (context) => purgeKeys(pool, context),
    upgradeSecret: (id, from, to) => upgradeSecret(pool, { id, from }, to),
    ...keyEdits(pool),
    ...keyLifecycle(pool),
    ...keyUsage(pool),
    ...keySources(pool),
    close: () => pool.end(),
  };
}
