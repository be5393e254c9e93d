import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyRecord } from '@omni/contracts/gateway-admin.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { GatewayAdminClient } from './gateway-admin-client.ts';
import { GatewayKeyStore } from './gateway-key-store.ts';

const TOKEN = 'admin-token-canary';
const key: KeyRecord = {
  id: 'k1',
  name: 'first',
  source: 'store',
  environment: 'live',
  prefix: 'omni_live_',
  last4: 'q7Zd',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  revokeReason: null,
  lastUsedAt: null,
  rateLimitPerMinute: null,
  state: 'active',
  version: 3,
  identity: null,
  tags: [],
  scopes: [],
  cidrs: [],
  limits: [],
  quotas: [],
  failOpen: false,
  disabledAt: null,
  deletedAt: null,
  legacy: false,
  weak: false,
  secrets: [{ no: 1, last4: 'q7Zd', lastUsedAt: null, notAfter: null }],
};
const problem = (status: number, code: string): { status: number; body: string } => ({
  status,
  body: JSON.stringify({ type: 'about:blank', title: 'no', status, code }),
});

describe('GatewayKeyStore', () => {
  let server: ScriptedServer;
  let client: GatewayAdminClient;
  let keys: GatewayKeyStore;
  let url: string | null;

  beforeEach(async () => {
    server = new ScriptedServer();
    url = await server.listen();
    client = new GatewayAdminClient({
      gatewayUrl: () => Promise.resolve(url),
      adminToken: () => Promise.resolve(TOKEN),
    });
    keys = new GatewayKeyStore(client);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const page = (
    keys: readonly KeyRecord[],
    nextCursor: string | null,
  ): { status: number; body: string } => ({
    status: 200,
    body: JSON.stringify({ keys, epoch: 3, nextCursor }),
  });

  it('lists the keys of all pages with the admin token', async () => {
    const second = { ...key, id: 'k2' };
    server.answer = ({ path }) =>
      path.includes('cursor=next') ? page([second], null) : page([key], 'next');
    expect(await keys.list()).toEqual([key, second]);
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/admin/v1/keys?limit=200',
      '/admin/v1/keys?limit=200&cursor=next',
    ]);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('creates a key and hands its secret over once', async () => {
    const created = { key, secret: 'omni_live_secret' };
    server.answer = () => ({ status: 201, body: JSON.stringify({ ...created, epoch: 4 }) });
    const wanted = { name: 'first', environment: 'live', expiresAt: null, rateLimitPerMinute: 60 };
    expect(await keys.create(wanted)).toEqual(created);
    await keys.create(wanted);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(wanted);
    const [first, second] = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(String(first).length).toBeGreaterThan(16);
    expect(second).not.toBe(first);
  });

  it('decides on what it last saw of a key', async () => {
    server.answer = ({ method }) =>
      method === 'GET'
        ? page([key], null)
        : { status: 412, body: problem(412, 'version_mismatch').body };
    await keys.list();
    await expect(keys.revoke('k1', '')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(server.requests.at(-1)?.headers['if-match']).toBe('"v3"');
    await expect(keys.revoke('never listed', '')).rejects.toThrow();
    expect(server.requests.at(-1)?.headers['if-match']).toBe('*');
  });

  it('revokes a key with a reason', async () => {
    const revoked = { ...key, revokedAt: '2026-01-02T00:00:00.000Z', revokeReason: 'leaked' };
    server.answer = () => ({ status: 200, body: JSON.stringify({ key: revoked, epoch: 4 }) });
    expect(await keys.revoke('k/1', 'leaked')).toEqual(revoked);
    expect(server.requests[0]?.path).toBe('/admin/v1/keys/k%2F1/revoke');
  });

  it.each([
    [401, 'unauthorized', 'PERMISSION_DENIED', false],
    [404, 'key_not_found', 'KEY_NOT_FOUND', false],
    [409, 'key_read_only', 'KEY_READ_ONLY', false],
    [409, 'key_state_conflict', 'CONFLICT', false],
    [403, 'role_denied', 'PERMISSION_DENIED', false],
    [400, 'invalid_request', 'INVALID_INPUT', false],
    [503, 'keystore_unavailable', 'KEY_STORE_UNAVAILABLE', true],
    [404, 'route_not_found', 'KEY_STORE_UNAVAILABLE', false],
    [500, 'internal', 'KEY_STORE_UNAVAILABLE', true],
  ])('translates %i %s into %s', async (...[status, code, expected, retryable]) => {
    server.answer = () => problem(status, code);
    await expect(keys.revoke('k1', '')).rejects.toMatchObject({ code: expected, retryable });
  });

  it.each([
    ['HTML', '<html></html>'],
    ['another shape', '{"keys":[{"id":1}]}'],
  ])('refuses %s', async (_, body) => {
    server.answer = () => ({ status: 200, body });
    await expect(keys.list()).rejects.toMatchObject({ code: 'KEY_STORE_UNAVAILABLE' });
  });

  it('says that there is no gateway', async () => {
    url = null;
    await expect(keys.list()).rejects.toThrow('No gateway is deployed on this target.');
  });

  it('says why the gateway does not answer, and never the token', async () => {
    await server.close();
    const error: unknown = await keys.list().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'KEY_STORE_UNAVAILABLE', retryable: true });
    expect(String(error)).toContain('connection refused');
    expect(JSON.stringify(error)).not.toContain(TOKEN);
  });
});
