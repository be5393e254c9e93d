import { changedKey, createdKey, keyList, keyRecord } from '@omni/contracts/gateway-admin/keys.ts';
import type { CreatedKey } from '@omni/contracts/gateway-admin/keys.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATOR, startAdminRig, STATIC_KEY, VIEWER } from './testing/admin-rig.ts';
import type { AdminRig } from './testing/admin-rig.ts';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.stop());

async function create(body: object = {}): Promise<CreatedKey> {
  const answer = await rig.call('POST', '/keys', { body: { name: 'test', ...body } });
  expect(answer.status, answer.text).toBe(201);
  return createdKey.parse(answer.json);
}

describe('keys', () => {
  it('are created with their policy; only that answer has the secret', async () => {
    const { key, secret } = await create({
      name: 'batch',
      identity: 'team-a',
      tags: ['batch'],
      scopes: ['POST /v1/embeddings'],
      cidrs: ['10.0.0.0/8'],
      limits: [{ id: 'minute', kind: 'exact', limit: 5, windowSeconds: 60 }],
    });
    expect(key).toMatchObject({ state: 'active', identity: 'team-a', cidrs: ['10.0.0.0/8'] });
    const read = await rig.call('GET', `/keys/${key.id}`, { token: VIEWER });
    expect(keyRecord.strict().parse(read.json)).toEqual(key);
    expect(read.headers.get('etag')).toBe(`"v${key.version}"`);
    expect(read.text).not.toContain(secret.slice(22, 54));
  });

  it('are listed page by page, static ones last, by condition', async () => {
    const made = [];
    for (const name of ['page-1', 'page-2', 'page-3']) made.push((await create({ name })).key.id);
    const seen: string[] = [];
    let query = 'limit=2';
    for (;;) {
      const { keys, nextCursor } = keyList.parse((await rig.call('GET', `/keys?${query}`)).json);
      seen.push(...keys.map(({ id }) => id));
      if (nextCursor === null) break;
      query = `limit=2&cursor=${nextCursor}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.slice(0, 3)).toEqual(made.reverse());
    expect(seen.at(-1)).toBe('env_1');
    const some = keyList.parse((await rig.call('GET', '/keys?q=page-2&state=active')).json);
    expect(some.keys.map(({ name }) => name)).toEqual(['page-2']);
  });

  it('are changed with If-Match: missing 428, stale 412', async () => {
    const { key } = await create();
    const headers = { 'if-match': `"v${key.version}"` };
    const path = `/keys/${key.id}`;
    const body = { name: 'renamed', expiresAt: '2031-01-01T00:00:00.000Z' };
    const patched = await rig.call('PATCH', path, { body, headers, token: OPERATOR });
    expect(changedKey.parse(patched.json).key).toMatchObject(body);
    expect(patched.headers.get('etag')).not.toBe(headers['if-match']);
    const stale = await rig.call('PATCH', path, { body: { name: 'other' }, headers });
    expect(stale).toMatchObject({ status: 412, json: { code: 'version_mismatch' } });
    const missing = await fetch(`${rig.url}/admin/v1${path}`, {
      method: 'DELETE',
      headers: {
        authorization: 'Bearer admin-token-of-the-tests',
        'idempotency-key': 'missing-if-match-1',
      },
    });
    expect(missing.status).toBe(428);
  });

  it('go through their life: disable, enable, rotate, retire, revoke, delete, restore', async () => {
    const { key } = await create();
    const change = async (method: string, tail: string, body: object = {}): Promise<string> => {
      const answer = await rig.call(method, `/keys/${key.id}${tail}`, { body });
      return answer.status === 200
        ? changedKey.parse(answer.json).key.state
        : (answer.json as { code: string }).code;
    };
    expect(await change('POST', '/disable')).toBe('disabled');
    expect(await change('POST', '/enable')).toBe('active');
    expect(await change('POST', '/rotate', { overlapSeconds: 60 })).toBe('rotating');
    expect(await change('POST', '/retire-old')).toBe('active');
    expect(await change('POST', '/revoke', { reason: 'test' })).toBe('revoked');
    expect(await change('POST', '/enable')).toBe('key_state_conflict');
    expect(await change('DELETE', '')).toBe('deleted');
    expect(keyList.parse((await rig.call('GET', '/keys')).json).keys).not.toContainEqual(
      expect.objectContaining({ id: key.id }),
    );
    expect(await change('POST', '/restore')).toBe('revoked');
  });

  it('rotate to a new secret under the same id', async () => {
    const { key, secret } = await create();
    const answer = await rig.call('POST', `/keys/${key.id}/rotate`, { body: {} });
    const rotated = createdKey.parse(answer.json);
    expect(rotated.key.id).toBe(key.id);
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.secret.slice(0, 22)).toBe(secret.slice(0, 22));
    expect(rotated.key.secrets.map(({ no }) => no)).toEqual([2, 1]);
  });

  it('of API_KEYS are read-only', async () => {
    const answer = await rig.call('POST', '/keys/env_1/revoke', { body: {} });
    expect(answer).toMatchObject({ status: 409, json: { code: 'key_read_only' } });
  });
});

describe('repeated changes', () => {
  const headers = { 'idempotency-key': 'the-same-key-again' };

  it('get the first answer again; another request with the key is refused', async () => {
    const { key } = await create();
    const path = `/keys/${key.id}/disable`;
    const once = { headers: { 'idempotency-key': 'disable-this-once' }, body: { reason: 'a' } };
    const first = await rig.call('POST', path, once);
    await rig.call('POST', `/keys/${key.id}/enable`);
    const second = await rig.call('POST', path, once);
    expect(second.json).toEqual(first.json);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    const other = await rig.call('POST', path, { ...once, body: { reason: 'b' } });
    expect(other).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } });
    expect((await rig.store.get(key.id)).key.disabledAt).toBeNull();
  });

  it('never make a second key, and never show a secret again', async () => {
    const body = { name: 'only once' };
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => rig.call('POST', '/keys', { body, headers })),
    );
    const [made, ...others] = answers.sort((a, b) => a.status - b.status);
    const { key, secret } = createdKey.parse(made?.json);
    for (const answer of others) {
      expect(answer).toMatchObject({
        status: 409,
        json: { code: 'secret_already_shown', id: key.id },
      });
      expect(answer.text).not.toContain(secret);
    }
    const { keys } = await rig.store.list({ q: 'only once' });
    expect(keys).toHaveLength(1);
    const kept = await rig.database.query('SELECT * FROM idempotency');
    expect(JSON.stringify(kept)).not.toContain(secret.slice(22, 54));
  });

  it.each([
    ['missing', {}],
    ['short', { 'idempotency-key': 'short' }],
  ])('need a key: %s', async (_name, given) => {
    const answer = await fetch(`${rig.url}/admin/v1/keys`, {
      method: 'POST',
      headers: { authorization: 'Bearer admin-token-of-the-tests', ...given },
    });
    expect(answer.status).toBe(400);
  });
});

describe('who may do what', () => {
  it.each([
    ['viewer', VIEWER, 'POST', '/keys', 403],
    ['viewer', VIEWER, 'GET', '/keys', 200],
    ['operator', OPERATOR, 'DELETE', '/keys/nobodyskey00', 403],
    ['operator', OPERATOR, 'POST', '/keys/nobodyskey00/revoke', 404],
    ['a data key', STATIC_KEY, 'GET', '/keys', 401],
    ['nobody', null, 'GET', '/keys', 401],
    ['nobody, on a route that is none', null, 'GET', '/nothing', 401],
    ['viewer, on a route that is none', VIEWER, 'GET', '/nothing', 404],
  ])('%s', async (_name, token, method, path, status) => {
    const answer = await rig.call(method, path, { token });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('set-cookie')).toBeNull();
  });
});
