import type pg from 'pg';
import { ZodError } from 'zod';
import type { ChangeContext, ChangedKey, KeyPatch, KeyWriter } from './key-change.ts';
import { keyPolicy } from './key-policy.ts';
import type { KeyPolicy } from './key-policy.ts';
import type { KeyRepository, NewKey, StoredKey, StoredSecret } from './key-repository.ts';
import { KeyRepositoryError, RESTORABLE_DAYS, USAGE_DAYS } from './key-repository.ts';
import { getKey } from './postgres-key-reads.ts';
import { refuseEnded } from './postgres-key-states.ts';
import { audit, changeKey, lockKey, raiseEpoch } from './postgres-key-writes.ts';
import { inTransaction } from './postgres-pool.ts';

const ADD_KEY = `
  INSERT INTO keys (id, name, environment, prefix, expires_at, rate_limit_per_minute, identity,
    tags, legacy, weak, scopes, cidrs, limits, quotas, fail_open)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;
const ADD_SECRET = `
  INSERT INTO key_secrets (key_id, slot, digest, pepper_version, last4, not_after, algorithm,
    secret_no)
  VALUES ($1, 0, $2, $3, $4, $5, $6, $7)`;

const FORGET_USAGE = `
  DELETE FROM key_usage
  WHERE key_id = ANY($1::text[]) OR minute < clock_timestamp() - interval '${USAGE_DAYS} days'`;

/** Columns of what a patch may change; nothing else gets into the statement. */
const COLUMNS = {
  name: 'name',
  expiresAt: 'expires_at',
  rateLimitPerMinute: 'rate_limit_per_minute',
  identity: 'identity',
  tags: 'tags',
  scopes: 'scopes',
  cidrs: 'cidrs',
  limits: 'limits',
  quotas: 'quotas',
  failOpen: 'fail_open',
} as const satisfies Record<keyof KeyPatch, string>;

export function createKey(
  pool: pg.Pool,
  key: NewKey,
  context: ChangeContext | undefined,
): Promise<ChangedKey> {
  return inTransaction(pool, async (client) => {
    const { id, name, environment, prefix, expiresAt, rateLimitPerMinute, secret } = key;
    const facts = [id, name, environment, prefix, expiresAt, rateLimitPerMinute];
    const marks = [key.identity ?? null, key.tags ?? [], key.legacy ?? false, key.weak ?? false];
    const { scopes, cidrs, limits, quotas, failOpen } = checkPolicy(key.policy ?? {});
    const policy = [scopes, cidrs, JSON.stringify(limits), JSON.stringify(quotas), failOpen];
    await client.query(ADD_KEY, [...facts, ...marks, ...policy]);
    await addSecret(client, id, { secretNo: 1, ...secret });
    await raiseEpoch(client, 'create', [id]);
    const changed = await getKey(client, id);
    await audit(client, { kind: 'create', before: null, after: changed.key, context });
    await context?.alongside?.(client, changed);
    return changed;
  });
}

export function keyEdits(pool: pg.Pool): Pick<KeyWriter, 'patch' | 'rotate' | 'retireOld'> {
  return {
    patch: (id, patch, context) =>
      changeKey(pool, {
        ...{ id, kind: 'patch', context },
        write: async (client, key) => {
          refuseEnded(key);
          return writePatch(client, key, patch);
        },
      }),
    rotate: (id, { secret, overlapSeconds }, context) =>
      changeKey(pool, {
        ...{ id, kind: 'rotate', context },
        write: async (client, key) => {
          refuseEnded(key);
          await retireCurrent(client, id, overlapSeconds);
          const secretNo = Math.max(0, ...key.secrets.map((each) => each.secretNo ?? 1)) + 1;
          await addSecret(client, id, { ...secret, secretNo });
          return true;
        },
      }),
    retireOld: (id, context) =>
      changeKey(pool, {
        ...{ id, kind: 'retire_old', context },
        write: async (client) => {
          const { rowCount } = await client.query(
            'DELETE FROM key_secrets WHERE key_id = $1 AND slot = 1',
            [id],
          );
          return rowCount === 1;
        },
      }),
  };
}

async function writePatch(
  client: pg.ClientBase,
  key: StoredKey,
  patch: KeyPatch,
): Promise<boolean> {
  const wanted = { ...patch, ...checkPatchedPolicy(patch) };
  const names = (Object.keys(COLUMNS) as (keyof KeyPatch)[]).filter(
    (name) =>
      wanted[name] !== undefined && JSON.stringify(wanted[name]) !== JSON.stringify(key[name]),
  );
  if (names.length === 0) return false;
  const values = names.map((name) =>
    name === 'limits' || name === 'quotas' ? JSON.stringify(wanted[name]) : wanted[name],
  );
  const assignments = names.map((name, index) => `${COLUMNS[name]} = $${index + 2}`).join(', ');
  await client.query(`UPDATE keys SET ${assignments} WHERE id = $1`, [key.id, ...values]);
  return true;
}

/** The current secret becomes the older one; it never outlives the key or an end it had already. */
async function retireCurrent(
  client: pg.ClientBase,
  id: string,
  overlapSeconds: number,
): Promise<void> {
  await client.query('DELETE FROM key_secrets WHERE key_id = $1 AND slot = 1', [id]);
  if (overlapSeconds <= 0) {
    await client.query('DELETE FROM key_secrets WHERE key_id = $1', [id]);
    return;
  }
  await client.query(
    `UPDATE key_secrets s SET slot = 1, not_after =
       least(s.not_after, k.expires_at, clock_timestamp() + make_interval(secs => $2))
     FROM keys k WHERE k.id = s.key_id AND s.key_id = $1 AND s.slot = 0`,
    [id, overlapSeconds],
  );
}

async function addSecret(client: pg.ClientBase, id: string, secret: StoredSecret): Promise<void> {
  const { digest, pepperVersion, last4, notAfter, algorithm = 'hmac', secretNo = 1 } = secret;
  const values = [id, digest, pepperVersion, last4, notAfter, algorithm, secretNo];
  await client.query(ADD_SECRET, values);
}

export function revokeKey(
  pool: pg.Pool,
  { id, reason }: { id: string; reason: string },
  context: ChangeContext | undefined,
): Promise<ChangedKey> {
  return changeKey(pool, {
    ...{ id, kind: 'revoke', context },
    write: async (client, key) => {
      if (key.revokedAt !== null) return false;
      await revokeRow(client, id, reason);
      return true;
    },
  });
}

async function revokeRow(client: pg.ClientBase, id: string, reason: string): Promise<void> {
  await client.query(
    'UPDATE keys SET revoked_at = clock_timestamp(), revoke_reason = $2 WHERE id = $1',
    [id, reason],
  );
}

/** One epoch for all; every key has its own audit entry. Locks are taken in the order of ids. */
export function revokeKeys(
  pool: pg.Pool,
  ids: readonly string[],
  context: ChangeContext | undefined,
): ReturnType<KeyRepository['revokeMany']> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM keys WHERE id = ANY($1::text[]) AND revoked_at IS NULL
       ORDER BY id FOR UPDATE`,
      [ids],
    );
    const revoked = rows.map((row) => row.id);
    const before = await Promise.all(revoked.map((id) => lockKey(client, id)));
    for (const id of revoked) {
      await revokeRow(client, id, context?.origin.reason ?? '');
      await client.query('UPDATE keys SET version = version + 1 WHERE id = $1', [id]);
    }
    const epoch =
      revoked.length === 0 ? await epochOf(client) : await raiseEpoch(client, 'revoke', revoked);
    for (const [index, id] of revoked.entries()) {
      const { key } = await getKey(client, id);
      await audit(client, { kind: 'revoke', before: before[index] ?? null, after: key, context });
    }
    return { revoked, epoch };
  });
}

async function epochOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ epoch: string }>('SELECT epoch FROM keystore');
  return Number(rows[0]?.epoch ?? 0);
}

export function purgeKeys(
  pool: pg.Pool,
  context: ChangeContext | undefined,
): Promise<readonly string[]> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM keys WHERE deleted_at < clock_timestamp() - interval '${RESTORABLE_DAYS} days'
       ORDER BY id FOR UPDATE`,
    );
    const ids = rows.map((row) => row.id);
    await client.query(FORGET_USAGE, [ids]);
    if (ids.length === 0) return ids;
    const before = [];
    for (const id of ids) before.push(await lockKey(client, id));
    await client.query('DELETE FROM keys WHERE id = ANY($1::text[])', [ids]);
    await raiseEpoch(client, 'purge', ids);
    for (const key of before)
      await audit(client, { kind: 'purge', before: key, after: null, context });
    return ids;
  });
}

/** No operator changed anything: no version, no audit entry, but all instances must learn of it. */
export function upgradeSecret(
  pool: pg.Pool,
  { id, from }: { id: string; from: Buffer },
  to: StoredSecret,
): Promise<void> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE key_secrets SET digest = $3, pepper_version = $4, algorithm = 'hmac', last4 = $5
       WHERE key_id = $1 AND digest = $2`,
      [id, from, to.digest, to.pepperVersion, to.last4],
    );
    if (rowCount === 1) await raiseEpoch(client, 'upgrade', [id]);
  });
}

function checkPolicy(policy: Partial<KeyPolicy>): KeyPolicy {
  return orRefuse(() => keyPolicy.parse(policy));
}

/** Only what the patch names: the defaults of the schema must not reset the rest. */
function checkPatchedPolicy(patch: KeyPatch): Partial<KeyPolicy> {
  const named = Object.fromEntries(
    Object.keys(keyPolicy.shape)
      .filter((name) => patch[name as keyof KeyPatch] !== undefined)
      .map((name) => [name, patch[name as keyof KeyPatch]]),
  );
  const checked = orRefuse(() => keyPolicy.parse(named));
  return Object.fromEntries(Object.entries(checked).filter(([name]) => name in named));
}

function orRefuse<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [issue] = error.issues;
    const where = issue?.path.join('.') ?? '';
    throw new KeyRepositoryError('invalid_request', `${where}: ${issue?.message ?? ''}`, error);
  }
}
