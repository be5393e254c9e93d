import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import type { TestPostgres } from '@omni/kit/test-postgres.ts';
import { createKeyHasher } from '../../keys/hash-key.ts';
import type { KeyHasher } from '../../keys/hash-key.ts';
import type { KeyRepository } from '../../keys/key-repository.ts';
import { openPostgresKeyRepository } from '../../keys/postgres-key-repository.ts';
import { createStaticKeyRepository } from '../../keys/static-key-repository.ts';
import { ConfigStore } from '../../routing/config-store.ts';
import { createPostgresConfigRepository } from '../../routing/postgres-config-repository.ts';
import { documentOf, testFactories } from '../../routing/test-routing.ts';
import { openAdminApi } from '../admin-api.ts';
import type { AdminRules } from '../admin-api.ts';
import type { AdminParts } from '../admin-parts.ts';
import type { AdminApp } from '../http/admin-app.ts';
import { openAdminDatabase } from '../store/admin-database.ts';
import type { AdminDatabase } from '../store/admin-database.ts';

export const VIEWER = 'viewer-token-of-the-tests';
export const OPERATOR = 'operator-token-of-the-tests';
export const ADMIN = 'admin-token-of-the-tests';
export const STATIC_KEY = 'static-key-of-the-tests';

/** For tests: the admin API over HTTP on a real Postgres, without the rest of the gateway. */
export interface AdminRig {
  url: string;
  postgres: TestPostgres;
  parts: AdminParts;
  store: KeyRepository;
  database: AdminDatabase;
  hasher: KeyHasher;
  /** Unexpected errors so far. */
  errors: Error[];
  /** A call with a fresh Idempotency-Key and `If-Match: *`; headers of the call win. */
  call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  stop: () => Promise<void>;
}

export interface CallOptions {
  body?: unknown;
  token?: string | null;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed when it is JSON. */
  json: unknown;
}

export interface RigOptions {
  rules?: Partial<AdminRules>;
  parts?: (parts: AdminParts) => Partial<AdminParts>;
}

export async function startAdminRig({ rules, parts }: RigOptions = {}): Promise<AdminRig> {
  const postgres = await startTestPostgres();
  const hasher = createKeyHasher([{ version: 1, secret: Buffer.alloc(32, 1) }]);
  const store = await openPostgresKeyRepository(postgres.url);
  const database = await openAdminDatabase(postgres.url);
  const errors: Error[] = [];
  const base: AdminParts = {
    hasher,
    staticKeys: createStaticKeyRepository([STATIC_KEY], hasher),
    openStore: () => Promise.resolve(store),
    database: () => Promise.resolve(database),
    afterChange: () => Promise.resolve(),
    flushUsage: () => Promise.resolve(),
    explain: null,
    limits: null,
    routing: createRouting(postgres.url),
    draining: () => false,
  };
  const whole = { ...base, ...parts?.(base) };
  const app = await openAdminApi(whole, { ...RULES, ...rules }, (error) => errors.push(error));
  const server = createServer((request, response) => {
    response.setHeader('x-request-id', 'request-of-the-tests');
    app.handle(request, response, request.socket.remoteAddress ?? '');
  });
  const url = await listen(server);
  return {
    ...{ url, postgres, parts: whole, store, database, hasher, errors },
    call: (method, path, options) => send(url, { method, path }, options),
    stop: () => stop({ server, app, database, store, postgres }),
  };
}

/** Versions in Postgres, upstreams that nobody connects to. */
function createRouting(databaseUrl: string): ConfigStore {
  const repository = createPostgresConfigRepository(databaseUrl);
  const document = documentOf([{ id: 'all', pathPrefix: '/api', upstream: 'a' }]);
  return new ConfigStore(document, {
    repository: () => Promise.resolve(repository),
    factories: testFactories(),
    events: { applied: () => undefined, refused: () => undefined },
    readOnly: false,
  });
}

const RULES: AdminRules = {
  tokens: [
    { role: 'viewer', token: VIEWER },
    { role: 'operator', token: OPERATOR },
    { role: 'admin', token: ADMIN },
  ],
  google: undefined,
  origin: { hosts: undefined, behindFrontEnd: false },
  requestsPerMinute: 100_000,
};

let calls = 0;

async function send(
  url: string,
  { method, path }: { method: string; path: string },
  { body, token = ADMIN, headers }: CallOptions = {},
): Promise<Answer> {
  calls += 1;
  const answer = await fetch(`${url}/admin/v1${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'GET'
        ? {}
        : { 'idempotency-key': `key-of-call-${String(calls).padStart(8, '0')}`, 'if-match': '*' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  const json: unknown = isJson && !text.includes('\n{') ? JSON.parse(text) : undefined;
  return { status: answer.status, headers: answer.headers, text, json };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

interface Running {
  server: Server;
  app: AdminApp;
  database: AdminDatabase;
  store: KeyRepository;
  postgres: TestPostgres;
}

async function stop({ server, app, database, store, postgres }: Running): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await app.close();
  await database.close();
  await store.close();
  await postgres.stop();
}
