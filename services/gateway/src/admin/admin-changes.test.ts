import { bulkAnswer, scanAnswer } from '@omni/contracts/gateway-admin/bulk.ts';
import { epochStatus } from '@omni/contracts/gateway-admin/epoch.ts';
import { scopeTrial } from '@omni/contracts/gateway-admin/explain.ts';
import { createdKey } from '@omni/contracts/gateway-admin/keys.ts';
import { hygieneAnswer, keySources, keyUsage } from '@omni/contracts/gateway-admin/usage.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketOf, emptyBuckets } from '../keys/usage-buckets.ts';
import { ADMIN, OPERATOR, startAdminRig } from './testing/admin-rig.ts';
import type { AdminRig } from './testing/admin-rig.ts';

let rig: AdminRig;
beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.stop());

async function createIds(count: number): Promise<string[]> {
  const ids = [];
  for (let i = 0; i < count; i += 1) {
    const answer = await rig.call('POST', '/keys', { body: { name: `key ${i}` } });
    ids.push(createdKey.parse(answer.json).key.id);
  }
  return ids;
}

describe('many keys at once', () => {
  it('are revoked one by one; what fails is named and does not stop the others', async () => {
    const [first = '', second = ''] = await createIds(2);
    const ids = [first, 'nobodyskey00', 'env_1', second, first];
    const body = { action: 'revoke', ids, confirmCount: 4, reason: 'leaked' };
    const answer = await rig.call('POST', '/keys/bulk', { body, token: OPERATOR });
    const { results, done, failed, epoch } = bulkAnswer.parse(answer.json);
    expect(results).toEqual([
      { id: first, outcome: 'done' },
      { id: 'nobodyskey00', outcome: 'key_not_found' },
      { id: 'env_1', outcome: 'key_read_only' },
      { id: second, outcome: 'done' },
    ]);
    expect([done, failed]).toEqual([2, 2]);
    expect((await rig.store.get(second)).key.revokeReason).toBe('leaked');
    expect((await rig.store.get(second)).epoch).toBe(epoch);
  });

  it('need the typed count, and deleting the role admin', async () => {
    const ids = await createIds(2);
    const wrong = { action: 'delete', ids, confirmCount: 1 };
    expect(await rig.call('POST', '/keys/bulk', { body: wrong })).toMatchObject({
      status: 409,
      json: { code: 'confirmation_mismatch' },
    });
    const right = { ...wrong, confirmCount: 2 };
    expect((await rig.call('POST', '/keys/bulk', { body: right, token: OPERATOR })).status).toBe(
      403,
    );
    expect((await rig.call('POST', '/keys/bulk', { body: right, token: ADMIN })).status).toBe(200);
  });

  it('are found by ids that were seen somewhere', async () => {
    const [id = ''] = await createIds(1);
    const body = { ids: [id, 'nobodyskey00', id] };
    const { found, unknown } = scanAnswer.parse(
      (await rig.call('POST', '/keys/scan', { body })).json,
    );
    expect(found.map((key) => key.id)).toEqual([id]);
    expect(unknown).toEqual(['nobodyskey00']);
  });
});

describe('receipts', () => {
  const receipt = { instance: 'i-1', revision: 'r-1', ageMs: 0 };

  it('say which instance enforces a change', async () => {
    await createIds(1);
    const { epoch } = await rig.store.list();
    await rig.store.confirm({ ...receipt, epoch });
    await rig.store.confirm({ ...receipt, instance: 'i-2', epoch: epoch - 1 });
    const status = epochStatus.parse((await rig.call('GET', '/epoch')).json);
    expect(status).toMatchObject({
      epoch,
      instances: [{ state: 'confirmed' }, { state: 'behind' }],
    });
    expect(status.changedAt).not.toBeNull();
    const earlier = epochStatus.parse((await rig.call('GET', `/epoch?epoch=${epoch - 1}`)).json);
    expect(earlier.instances.map(({ state }) => state)).toEqual(['confirmed', 'confirmed']);
  });

  it('arrive as events', async () => {
    const { epoch } = await rig.store.list();
    const stream = await fetch(`${rig.url}/admin/v1/epoch/stream?epoch=${epoch + 1}`, {
      headers: { authorization: `Bearer ${ADMIN}` },
    });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (what: string): Promise<void> => {
      while (!text.includes(what)) {
        const piece = await reader?.read();
        if (piece?.done !== false) throw new Error(`The stream ended: ${text}`);
        text += piece.value;
      }
    };
    await readUntil('\n\n');
    expect(text).toMatch(/^event: receipts\nid: \d+\ndata: \{/);
    expect(text).not.toContain('confirmed"');
    await createIds(1);
    await rig.store.confirm({ ...receipt, instance: 'i-3', epoch: epoch + 1 });
    await readUntil('"state":"confirmed"');
    await reader?.cancel();
  });
});

describe('usage', () => {
  it('is summed by secret, route and minute; scopes are tried on it', async () => {
    const [keyId = ''] = await createIds(1);
    await rig.call('POST', `/keys/${keyId}/rotate`, { body: {} });
    const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000);
    // A hundred times up to 10 ms, once up to 250 ms.
    const buckets = emptyBuckets();
    buckets[bucketOf(10)] = 100;
    buckets[bucketOf(250)] = 1;
    const row = { keyId, minute, errors: 1, bytes: 10, durationMs: 2.5, buckets };
    const at = new Date();
    await rig.store.recordUsage({
      counts: [
        { ...row, secretNo: 1, route: '/v1/embeddings', requests: 3, methods: { POST: 1, GET: 1 } },
        { ...row, secretNo: 2, route: '/v1/models', requests: 4, methods: {} },
        { ...row, secretNo: 2, route: '__unmatched__', requests: 5, methods: { POST: 5 } },
        { ...row, secretNo: 1, route: '/v1/rerank', requests: 2, methods: { POST: 2 } },
      ],
      lastUsed: [{ keyId, secretNo: 2, at }],
    });
    const usage = keyUsage.parse((await rig.call('GET', `/keys/${keyId}/usage?hours=1`)).json);
    expect(usage.total).toMatchObject({ requests: 14, errors: 4, bytes: 40, durationMs: 10 });
    expect(usage.total.p50Ms).toBeCloseTo(7.5, 0);
    expect(usage.total.p99Ms).toBeLessThanOrEqual(10);
    expect(usage.minutes[0]?.p95Ms).toBeGreaterThan(9);
    expect(usage.secrets.map(({ no, requests }) => [no, requests])).toEqual([
      [2, 9],
      [1, 5],
    ]);
    expect(usage.lastUsedAt).toBe(at.toISOString());
    expect(usage.minutes).toHaveLength(1);
    const body = { keyId, scopes: ['POST /v1/embeddings', 'POST /v1/rerank'] };
    const trial = scopeTrial.parse((await rig.call('POST', '/explain/scopes', { body })).json);
    expect(trial).toMatchObject({ wouldRefuse: 5, uncertain: 6 });
    expect(trial.routes).toContainEqual({
      route: '/v1/embeddings',
      requests: 3,
      allowedMethods: ['POST'],
      wouldRefuse: 1,
      uncertain: 1,
      verdict: 'some',
    });
    const verdicts = Object.fromEntries(trial.routes.map(({ route, verdict }) => [route, verdict]));
    expect(verdicts).toEqual({
      '/v1/embeddings': 'some',
      '/v1/models': 'none',
      '/v1/rerank': 'all',
      __unmatched__: 'unknown',
    });
  });
});

describe('sources and hygiene', () => {
  it('shows from where a key is used and what ranges that suggests', async () => {
    const [keyId = ''] = await createIds(1);
    const at = new Date();
    const seen = (kind: 'address' | 'agent', name: string): object => ({
      ...{ keyId, kind, name, requests: 2, at },
    });
    const sources = [
      ...['203.0.113.7', '203.0.113.8', '203.0.113.90', '198.51.100.4', '2001:db8:0:1::/64'].map(
        (name) => seen('address', name),
      ),
      seen('agent', 'python-requests/2'),
    ];
    await rig.store.recordUsage({ counts: [], lastUsed: [], sources: sources as never });
    const read = keySources.parse((await rig.call('GET', `/keys/${keyId}/sources`)).json);
    expect(read.sources).toHaveLength(6);
    expect(read.suggestedCidrs).toEqual(['198.51.100.4/32', '2001:db8:0:1::/64', '203.0.113.0/24']);
  });

  it('finds what seeded keys are, and each proposed change is accepted', async () => {
    const ids = await createIds(2);
    const { findings } = hygieneAnswer.parse((await rig.call('GET', '/hygiene')).json);
    const mine = findings.filter(({ keyId }) => ids.includes(keyId));
    expect(mine.map(({ kind }) => kind)).toEqual(['never_expires', 'never_expires']);
    for (const { keyId, narrow } of mine) {
      const changed = await rig.call('PATCH', `/keys/${keyId}`, { body: narrow ?? {} });
      expect(changed.status).toBe(200);
    }
    const after = hygieneAnswer.parse((await rig.call('GET', '/hygiene')).json);
    expect(after.findings.filter(({ keyId }) => ids.includes(keyId))).toEqual([]);
  });
});

describe('the configuration', () => {
  const document = (prefix: string): object => ({
    format: 1,
    upstreams: { a: { targets: [{ url: 'http://a.test' }] } },
    routes: [{ id: 'all', pathPrefix: prefix, upstream: 'a' }],
  });
  const put = (body: object, headers = {}): ReturnType<AdminRig['call']> =>
    rig.call('PUT', '/config', { body, headers });

  it('is put with the version it was read at, kept, and rolled back', async () => {
    const read = await rig.call('GET', '/config');
    expect(read.json).toMatchObject({ version: 0 });
    const ifMatch = { 'if-match': read.headers.get('etag') ?? '' };
    const first = await put({ document: document('/one'), comment: 'first' }, ifMatch);
    expect(first.json).toMatchObject({ version: 1, actor: 'token:admin-1', comment: 'first' });
    expect(await put({ document: document('/two') }, ifMatch)).toMatchObject({
      status: 412,
      json: { code: 'config_conflict' },
    });
    await put({ document: document('/two') }, { 'if-match': '"v1"' });
    const back = await rig.call('POST', '/config/rollback', { body: { version: 1 } });
    expect(back.json).toMatchObject({ version: 3, document: { routes: [{ pathPrefix: '/one' }] } });
    expect((await rig.call('GET', '/config')).json).toMatchObject({ version: 3 });
    const { json } = await rig.call('GET', '/config/history?limit=2');
    expect(json).toMatchObject({ versions: [{ version: 3 }, { version: 2 }] });
    const { json: audit } = await rig.call('GET', '/audit?target=config:3');
    expect(audit).toMatchObject({
      entries: [{ action: 'config.rollback', before: { version: 2 } }],
    });
  });

  it('is refused as a whole, naming the fields', async () => {
    const body = { document: { ...document('/x'), routes: [{ id: 'all', pathPrefix: 'x' }] } };
    const answer = await put(body);
    expect(answer).toMatchObject({ status: 422, json: { code: 'config_invalid' } });
    const { problems } = answer.json as { problems: { field: string }[] };
    expect(problems.map(({ field }) => field)).toContain('routes[0].upstream');
    const verdict = await rig.call('POST', '/config/validate', { body });
    expect(verdict.json).toMatchObject({ ok: false, problems });
  });
});
