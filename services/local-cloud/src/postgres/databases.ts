import { createHmac } from 'node:crypto';
import pg from 'pg';
import { SUPERUSER } from './create-cluster.ts';

export interface PostgresAddress {
  readonly port: number;
  readonly password: string;
}

/** A service's own password: derived, so that nothing more has to be kept. */
function servicePassword({ password }: PostgresAddress, service: string): string {
  return createHmac('sha256', password).update(`service:${service}`).digest('base64url');
}

/** What a service gets as DATABASE_URL: its own role, its own database. */
export function databaseUrl(address: PostgresAddress, service: string): string {
  const password = servicePassword(address, service);
  return `postgres://${service}:${password}@127.0.0.1:${address.port}/${service}`;
}

/** Makes the service's role and database when they are missing. */
export async function ensureDatabase(address: PostgresAddress, service: string): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: address.port,
    user: SUPERUSER,
    password: address.password,
    database: 'postgres',
  });
  // A lost connection fails the query that runs, and its caller hears of it there; without a
  // listener the event as well would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const name = pg.escapeIdentifier(service);
    const password = pg.escapeLiteral(servicePassword(address, service));
    if (!(await exists(client, 'SELECT 1 FROM pg_roles WHERE rolname = $1', service)))
      await client.query(`CREATE ROLE ${name} LOGIN PASSWORD ${password}`);
    if (await exists(client, 'SELECT 1 FROM pg_database WHERE datname = $1', service)) return;
    await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    await client.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  } finally {
    await client.end();
  }
}

async function exists(client: pg.Client, query: string, name: string): Promise<boolean> {
  const { rowCount } = await client.query(query, [name]);
  return (rowCount ?? 0) > 0;
}
