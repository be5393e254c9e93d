import type pg from 'pg';
import type { KeyWriter } from './key-change.ts';
import type { StoredKey } from './key-repository.ts';
import { KeyRepositoryError, RESTORABLE_DAYS } from './key-repository.ts';
import { changeKey } from './postgres-key-writes.ts';

type Lifecycle = Pick<KeyWriter, 'disable' | 'enable' | 'remove' | 'restore'>;

/** Changes of a key's state; each does nothing when the key is in that state already. */
export function keyLifecycle(pool: pg.Pool): Lifecycle {
  return {
    disable: (id, context) =>
      changeKey(pool, {
        ...{ id, kind: 'disable', context },
        write: async (client, key) => {
          refuseEnded(key);
          if (key.disabledAt !== null) return false;
          await set(client, id, 'disabled_at = clock_timestamp()');
          return true;
        },
      }),
    enable: (id, context) =>
      changeKey(pool, {
        ...{ id, kind: 'enable', context },
        write: async (client, key) => {
          refuseEnded(key);
          if (key.disabledAt === null) return false;
          await set(client, id, 'disabled_at = NULL');
          return true;
        },
      }),
    remove: (id, context) =>
      changeKey(pool, {
        ...{ id, kind: 'delete', context },
        write: async (client, key) => {
          if (key.deletedAt !== null) return false;
          await set(client, id, 'deleted_at = clock_timestamp()');
          return true;
        },
      }),
    restore: (id, context) =>
      changeKey(pool, {
        ...{ id, kind: 'restore', context },
        write: async (client, key) => {
          if (key.deletedAt === null) return false;
          await set(
            client,
            id,
            'deleted_at = NULL, disabled_at = coalesce(disabled_at, clock_timestamp())',
            `deleted_at > clock_timestamp() - interval '${RESTORABLE_DAYS} days'`,
          );
          return true;
        },
      }),
  };
}

/** Revoked and deleted keys do not change any more. */
export function refuseEnded(key: StoredKey): void {
  if (key.deletedAt !== null) throw conflict('The key is deleted');
  if (key.revokedAt !== null) throw conflict('The key is revoked');
}

function conflict(message: string): KeyRepositoryError {
  return new KeyRepositoryError('key_state_conflict', message);
}

async function set(
  client: pg.ClientBase,
  id: string,
  ...[assignments, condition = 'true']: [assignments: string, condition?: string]
): Promise<void> {
  const { rowCount } = await client.query(
    `UPDATE keys SET ${assignments} WHERE id = $1 AND ${condition}`,
    [id],
  );
  if (rowCount !== 1) throw new KeyRepositoryError('key_not_found', 'It was deleted too long ago');
}
