import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createKeyHasher } from '../hash-key.ts';
import { mintKey } from '../key-format.ts';

const PEPPER = Buffer.alloc(32, 1);
/** As the environment of a gateway names it. */
export const KEY_PEPPERS = `1:${PEPPER.toString('base64')}`;

const BATCH = 1_000;

/** Keys that no text is known of; only their number counts. */
const ADD_FILLERS = `
  WITH made AS (
    INSERT INTO keys (id, name, environment, prefix)
    SELECT lpad(to_hex(n), 12, 'x'), 'filler ' || n, 'live', 'omni_live_'
    FROM generate_series($1::int, $2::int) n
    RETURNING id
  )
  INSERT INTO key_secrets (key_id, slot, digest, pepper_version, last4)
  SELECT id, 0, sha256(id::bytea), 1, '0000' FROM made`;

const ADD_KEYS = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::bytea[], $3::text[]) AS key (id, digest, last4)
  ), made AS (
    INSERT INTO keys (id, name, environment, prefix)
    SELECT id, 'real', 'live', 'omni_live_' FROM given RETURNING id
  )
  INSERT INTO key_secrets (key_id, slot, digest, pepper_version, last4)
  SELECT id, 0, digest, 1, last4 FROM given`;

/** Adds keys that are really usable, and returns their texts. */
export async function addUsableKeys(databaseUrl: string, count: number): Promise<string[]> {
  const hasher = createKeyHasher([{ version: 1, secret: PEPPER }]);
  const texts: string[] = [];
  await withDatabase(databaseUrl, async (client) => {
    while (texts.length < count) {
      const keys = Array.from({ length: Math.min(BATCH, count - texts.length) }, () =>
        mintKey('live'),
      );
      await client.query(ADD_KEYS, [
        keys.map((key) => key.id),
        keys.map((key) => hasher(key.text)[0].digest),
        keys.map((key) => key.last4),
      ]);
      texts.push(...keys.map((key) => key.text));
    }
  });
  return texts;
}

/** Fills up with keys that are only there. */
export async function addFillers(databaseUrl: string, count: number): Promise<void> {
  await withDatabase(databaseUrl, async (client) => {
    const step = 50_000;
    for (let from = 1; from <= count; from += step) {
      await client.query(ADD_FILLERS, [from, Math.min(count, from + step - 1)]);
    }
    await client.query('ANALYZE keys, key_secrets');
  });
}

/** A new database of the server, so that sizes do not mix. */
export async function createDatabase(serverUrl: string): Promise<string> {
  const name = `keys_${randomBytes(4).toString('hex')}`;
  await withDatabase(serverUrl, (client) => client.query(`CREATE DATABASE ${name}`));
  return new URL(`/${name}`, serverUrl).href;
}

async function withDatabase(
  databaseUrl: string,
  use: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
