import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApi } from '../../test-kit/api-in-process.ts';
import type { InProcessApi } from '../../test-kit/api-in-process.ts';
import { PARENT } from '../../test-kit/clients.ts';
import type { Behaviour } from '../../test-kit/fake-machine.ts';
import { LATEST, REVISION } from '../model/resources.ts';
import type { Template } from '../model/resources.ts';

const NAME = `${PARENT}/services/shop`;
let api: InProcessApi;

beforeEach(() => {
  api = startApi();
});

afterEach(async () => {
  await api.close();
});

function template(version: string, more: Template = {}, behaviour: Behaviour = 'good'): Template {
  return { labels: { behaviour, version }, containers: [{ image: 'local/shop' }], ...more };
}

function createShop(more: object = {}): Promise<Readonly<Record<string, unknown>>> {
  const service = { template: template('1'), ...more };
  return api.write('CreateService', { parent: PARENT, serviceId: 'shop', service });
}

function update(
  fields: object,
  paths: readonly string[] = [],
  more: object = {},
): Promise<Readonly<Record<string, unknown>>> {
  const service = { name: NAME, ...fields };
  return api.write('UpdateService', { service, updateMask: { paths }, ...more });
}

function latest(): Promise<string> {
  return api
    .service('shop')
    .then((service) => String(service['latestReadyRevision']).split('/').at(-1) ?? '');
}

describe('a service', () => {
  it('is reconciling until it serves, and then agrees with itself', async () => {
    const states: unknown[] = [];
    // Not `good`: that serves after 20 ms, and a busy machine may look for the first time later.
    const service = { template: template('1', {}, 'slow') };
    await api.call('CreateService', { parent: PARENT, serviceId: 'shop', service });
    const first = await api.service('shop');
    expect(first).toMatchObject({
      reconciling: true,
      generation: '1',
      observedGeneration: '0',
      terminalCondition: { type: 'Ready', state: 'CONDITION_RECONCILING' },
      trafficStatuses: [],
    });
    for (let reconciling = true; reconciling;) {
      const now = await api.service('shop');
      states.push(now['conditions']);
      reconciling = now['reconciling'] === true;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(await api.service('shop')).toMatchObject({
      observedGeneration: '1',
      latestReadyRevision: first['latestCreatedRevision'],
      trafficStatuses: [{ type: LATEST, percent: 100, revision: '' }],
      terminalCondition: { type: 'Ready', state: 'CONDITION_SUCCEEDED' },
    });
    expect(states.length).toBeGreaterThan(1);
  });

  it('keeps serving what it served when the next revision fails', async () => {
    await createShop();
    const before = await api.service('shop');
    await update({ template: template('2', {}, 'crashes') });
    const after = await api.service('shop');
    expect(after).toMatchObject({
      generation: '2',
      observedGeneration: '1',
      reconciling: false,
      latestReadyRevision: before['latestReadyRevision'],
      trafficStatuses: before['trafficStatuses'],
      terminalCondition: { state: 'CONDITION_FAILED', reason: 'REVISION_FAILED' },
    });
    expect(after['latestCreatedRevision']).not.toBe(before['latestCreatedRevision']);
  });

  it('counts a generation per change of the caller, and none for a write that changes nothing', async () => {
    await createShop();
    const { etag } = await api.service('shop');
    await update({ template: template('1') });
    expect(await api.service('shop')).toMatchObject({ generation: '1', etag });
    await update({ labels: { team: 'ml' } }, ['labels']);
    expect(await api.service('shop')).toMatchObject({ generation: '2', reconciling: false });
  });

  it('hides its address when that is disabled', async () => {
    await createShop();
    await update({ defaultUriDisabled: true }, ['default_uri_disabled']);
    expect(await api.service('shop')).toMatchObject({ uri: '', urls: [] });
  });
});

describe('update_mask', () => {
  it('writes one nested field, and a star everything', async () => {
    await createShop({ labels: { a: '1' }, description: 'first' });
    await update({ scaling: { minInstanceCount: 1 } }, ['scaling.min_instance_count']);
    expect(await api.service('shop')).toMatchObject({
      description: 'first',
      scaling: { minInstanceCount: 1 },
    });
    await update({ template: template('1') }, ['*']);
    const service = await api.service('shop');
    expect(service).not.toHaveProperty('description');
    expect(service).not.toHaveProperty('scaling');
  });

  it('runs into the trap of a named revision, and out of it by clearing the name', async () => {
    await createShop({ template: template('1', { revision: 'shop-one' }) });
    const scaling = { template: { scaling: { minInstanceCount: 1 } } };
    const path = 'template.scaling.min_instance_count';
    await expect(update(scaling, [path])).rejects.toMatchObject({
      code: 6,
      message: "Revision named 'shop-one' with different configuration already exists.",
    });
    await update(scaling, [path, 'template.revision']);
    expect(await latest()).toMatch(/^shop-00002-[a-z]{3}$/);
  });
});

describe('validate_only', () => {
  it.each([
    ['CreateService', { parent: PARENT, serviceId: 'other', service: { template: template('1') } }],
    ['UpdateService', { service: { name: NAME, template: template('2') } }],
    ['DeleteService', { name: NAME }],
  ])('%s answers, fills in, and writes nothing', async (method, request) => {
    await createShop();
    const before = api.journal();
    const answer = await api.call(method, { ...request, validateOnly: true });
    expect(answer).toMatchObject({ done: true, response: expect.anything() as unknown });
    expect(api.journal()).toBe(before);
  });

  it('says what is wrong', async () => {
    await createShop();
    const { etag: _, ...service } = await api.service('shop');
    await expect(
      api.call('UpdateService', { service: { ...service, template: {} }, validateOnly: true }),
    ).rejects.toMatchObject({ code: 3 });
    await expect(
      api.call('DeleteService', { name: NAME, etag: '"old"', validateOnly: true }),
    ).rejects.toMatchObject({ code: 10 });
  });
});

describe('a revision', () => {
  it('is deleted only when nothing needs it, with its own etag', async () => {
    await createShop();
    const old = await latest();
    const name = `${NAME}/revisions/${old}`;
    await expect(api.call('DeleteRevision', { name })).rejects.toMatchObject({ code: 9 });
    await update({ template: template('2') });
    await update(
      {
        traffic: [
          { type: LATEST, percent: 100 },
          { type: REVISION, revision: old, tag: 'old' },
        ],
      },
      ['traffic'],
    );
    await expect(api.call('DeleteRevision', { name })).rejects.toMatchObject({ code: 9 });
    await update({ traffic: [] }, ['traffic']);
    await expect(api.call('DeleteRevision', { name, etag: '"x"' })).rejects.toMatchObject({
      code: 10,
    });
    const before = api.journal();
    await api.call('DeleteRevision', { name, validateOnly: true });
    expect(api.journal()).toBe(before);
    await api.write('DeleteRevision', { name });
    await expect(api.call('GetRevision', { name })).rejects.toMatchObject({ code: 5 });
  });

  it('goes when it is one of the oldest above the limit and nothing points to it', async () => {
    await api.close();
    api = startApi({ revisionLimit: 3 });
    await createShop();
    const served = await latest();
    await update({ traffic: [{ type: REVISION, revision: served, percent: 100 }] }, ['traffic']);
    for (const version of ['2', '3', '4', '5'])
      await update({ template: template(version) }, ['template']);
    const { revisions } = await api.call('ListRevisions', { parent: NAME });
    const ids = (revisions as { name: string }[]).map(({ name }) => name.split('/').at(-1) ?? '');
    expect(ids).toHaveLength(3);
    expect(ids).toContain(served);
    expect(ids[0]).toMatch(/^shop-00006-/);
  });
});

describe('a secret that is not there', () => {
  it('is the reason of the operation and the conditions', async () => {
    await createShop();
    const before = await api.service('shop');
    await update({ template: template('2', {}, 'no-secret') });
    const after = await api.service('shop');
    expect(after).toMatchObject({
      terminalCondition: { state: 'CONDITION_FAILED', reason: 'SECRETS_ACCESS_CHECK_FAILED' },
      trafficStatuses: before['trafficStatuses'],
      latestReadyRevision: before['latestReadyRevision'],
    });
    const revision = await api.call('GetRevision', { name: after['latestCreatedRevision'] });
    expect(revision['conditions']).toMatchObject([
      { type: 'Ready', reason: 'SECRETS_ACCESS_CHECK_FAILED' },
      { type: 'ResourcesAvailable', state: 'CONDITION_FAILED' },
      { type: 'ContainerHealthy', state: 'CONDITION_SUCCEEDED' },
      { type: 'Active' },
    ]);
  });
});

describe('rights', () => {
  it.each([
    ['run.services.setIamPolicy', { invokerIamDisabled: true }, ['invoker_iam_disabled']],
    ['iam.serviceAccounts.actAs', { template: template('2') }, ['template']],
    ['run.services.update', { labels: { a: '1' } }, ['labels']],
  ])('%s is asked for', async (permission, fields, paths) => {
    await createShop();
    api.faults.add({ kind: 'permission-denied', permissions: [permission], id: 'denied' });
    await expect(update(fields, paths)).rejects.toMatchObject({
      code: 7,
      reason: 'IAM_PERMISSION_DENIED',
      metadata: { permission },
    });
    api.faults.clear();
    await update(fields, paths);
  });

  it('allow_missing needs the right to create', async () => {
    api.faults.add({ kind: 'permission-denied', permissions: ['run.services.create'] });
    const missing = update({ template: template('1') }, [], { allowMissing: true });
    await expect(missing).rejects.toMatchObject({ code: 7 });
  });
});
