import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  TO_LATEST,
  ask,
  build,
  create,
  deploy,
  getService,
  nameOf,
  operationRequest,
  setTraffic,
  shortName,
  tiny,
  toRevision,
  update,
} from '../../test-kit/deploy.ts';
import { PARENT } from '../../test-kit/clients.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';

const folders = makeFolders();
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(folders);
  await build(harness, 'tiny');
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

describe('create', { timeout: 60_000 }, () => {
  it('brings a revision up and reports a settled service', async () => {
    const service = await create(harness, 'first', { containers: [tiny({ VERSION: '1' })] });
    expect(service.terminalCondition).toMatchObject({
      type: 'Ready',
      state: 'CONDITION_SUCCEEDED',
    });
    expect(service).toMatchObject({ generation: '1', observedGeneration: '1', reconciling: false });
    expect(service.latestReadyRevision).toMatch(
      /\/services\/first\/revisions\/first-00001-[a-z]{3}$/,
    );
    expect(service.latestCreatedRevision).toBe(service.latestReadyRevision);
    expect(service.trafficStatuses).toMatchObject([{ type: TO_LATEST, percent: 100 }]);
    expect(await ask(service.uri)).toMatchObject({
      version: '1',
      revision: shortName(service.latestReadyRevision),
    });
  });

  it('refuses a taken id, a bad id, a bad split and another project', async () => {
    const { services } = harness.clients;
    const service = { template: { containers: [tiny()] } };
    const attempt = (serviceId: string, parent = PARENT, extra = {}): Promise<unknown> =>
      services.createService(
        { parent, serviceId, service: { ...service, ...extra } },
        harness.clients.options,
      );
    await expect(attempt('first')).rejects.toMatchObject({
      code: 6,
      reason: 'RESOURCE_ALREADY_EXISTS',
    });
    await expect(attempt('Bad_Id')).rejects.toMatchObject({ code: 3, reason: 'INVALID_FIELD' });
    await expect(attempt('ok', 'projects/other/locations/local')).rejects.toMatchObject({
      code: 5,
    });
    await expect(
      attempt('ok', PARENT, { traffic: [{ type: TO_LATEST, percent: 90 }] }),
    ).rejects.toMatchObject({ code: 3, errorInfoMetadata: { field: 'traffic' } });
  });

  it('fails in the operation when the image does not exist', async () => {
    const container = { image: 'local/nothing@sha256:' + 'a'.repeat(64) };
    await expect(create(harness, 'no-image', { containers: [container] })).rejects.toMatchObject({
      code: 5,
    });
    const service = await getService(harness, 'no-image');
    expect(service.terminalCondition).toMatchObject({
      state: 'CONDITION_FAILED',
      reason: 'REVISION_FAILED',
    });
    expect(service.trafficStatuses).toEqual([]);
    const [revision] = await harness.clients.revisions.getRevision(
      { name: service.latestCreatedRevision ?? '' },
      harness.clients.options,
    );
    expect(revision.conditions?.[0]).toMatchObject({ type: 'Ready', reason: 'CONTAINER_MISSING' });
  });

  it('stores nothing when it only validates', async () => {
    const { services, options } = harness.clients;
    const service = { template: { containers: [tiny()] } };
    const [operation] = await services.createService(
      { parent: PARENT, serviceId: 'only-validated', service, validateOnly: true },
      options,
    );
    const [result] = await operation.promise();
    expect(result.template?.maxInstanceRequestConcurrency).toBe(80);
    await expect(getService(harness, 'only-validated')).rejects.toMatchObject({ code: 5 });
  });
});

describe('update', { timeout: 60_000 }, () => {
  it('cuts a revision only when the template changes', async () => {
    const before = await create(harness, 'second', { containers: [tiny({ VERSION: '1' })] });
    const same = await update(harness, before, []);
    expect(same.latestCreatedRevision).toBe(before.latestCreatedRevision);
    const labelled = await update(harness, { ...same, labels: { team: 'ml' } }, []);
    expect(labelled.latestCreatedRevision).toBe(before.latestCreatedRevision);
    const next = await deploy(harness, 'second', { containers: [tiny({ VERSION: '2' })] });
    expect(next.latestReadyRevision).not.toBe(before.latestReadyRevision);
    expect(await ask(next.uri)).toMatchObject({ version: '2' });
  });

  it('answers ABORTED to a stale etag', async () => {
    const stale = await getService(harness, 'second');
    await update(harness, { ...stale, labels: { team: 'web' } }, []);
    await expect(update(harness, { ...stale, labels: { team: 'x' } }, [])).rejects.toMatchObject({
      code: 10,
      reason: 'ETAG_MISMATCH',
    });
  });

  it('keeps the old revision serving when the new one crashes, and shows the last log lines', async () => {
    const before = await getService(harness, 'second');
    const failing = { containers: [tiny({ CRASH: 'start' })] };
    await expect(deploy(harness, 'second', failing)).rejects.toThrow('told to crash');
    const after = await getService(harness, 'second');
    expect(after.terminalCondition?.state).toBe('CONDITION_FAILED');
    expect(after.latestReadyRevision).toBe(before.latestReadyRevision);
    expect(after.latestCreatedRevision).not.toBe(before.latestReadyRevision);
    expect(after.trafficStatuses).toEqual(before.trafficStatuses);
    expect(await ask(after.uri)).toMatchObject({ version: '2' });
    const [revision] = await harness.clients.revisions.getRevision(
      { name: after.latestCreatedRevision ?? '' },
      harness.clients.options,
    );
    expect(revision.conditions?.[0]).toMatchObject({
      revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR',
      message: expect.stringContaining('told to crash') as string,
    });
  });

  it('rolls back by traffic after a failed deploy without trying the failed one again', async () => {
    const service = await getService(harness, 'second');
    const good = shortName(service.latestReadyRevision);
    const pinned = await setTraffic(harness, 'second', [toRevision(good, 100)]);
    expect(pinned.trafficStatuses).toMatchObject([{ revision: good, percent: 100 }]);
  });

  it('names a missing secret and a probe that never passes', async () => {
    const valueSource = { secretKeyRef: { secret: 'not-there', version: 'latest' } };
    const container = { image: 'local/tiny', env: [{ name: 'TOKEN', valueSource }] };
    await expect(deploy(harness, 'second', { containers: [container] })).rejects.toThrow(
      'Secret not-there (environment variable TOKEN) was not found.',
    );
    const startupProbe = { httpGet: { path: '/ready' }, periodSeconds: 1, failureThreshold: 1 };
    const never = { ...tiny({ NEVER_READY: '1' }), startupProbe };
    await expect(deploy(harness, 'second', { containers: [never] })).rejects.toThrow(
      'The start-up probe (GET /ready) did not pass within 1 s.',
    );
    const { latestCreatedRevision } = await getService(harness, 'second');
    const [revision] = await harness.clients.revisions.getRevision(
      { name: latestCreatedRevision ?? '' },
      harness.clients.options,
    );
    expect(revision.conditions?.[0]).toMatchObject({ reason: 'PROGRESS_DEADLINE_EXCEEDED' });
  });

  it('fails traffic to a missing revision in the operation, with code 13', async () => {
    const before = await getService(harness, 'second');
    const attempt = setTraffic(harness, 'second', [toRevision('second-00099-abc', 100)]);
    await expect(attempt).rejects.toMatchObject({ code: 13 });
    await expect(attempt).rejects.toThrow("Revision 'second-00099-abc' does not exist");
    const after = await getService(harness, 'second');
    expect(after.trafficStatuses).toEqual(before.trafficStatuses);
    expect(after.terminalCondition?.state).toBe('CONDITION_FAILED');
  });

  it('creates with allow_missing, and refuses a name reused with another template', async () => {
    const { services, options } = harness.clients;
    const template = { revision: 'upserted-one', containers: [tiny({ VERSION: '1' })] };
    const [operation] = await services.updateService(
      { service: { name: nameOf('upserted'), template }, allowMissing: true },
      options,
    );
    await operation.promise();
    const service = await getService(harness, 'upserted');
    expect(shortName(service.latestReadyRevision)).toBe('upserted-one');
    const changed = { ...template, containers: [tiny({ VERSION: '2' })] };
    await expect(deploy(harness, 'upserted', changed)).rejects.toMatchObject({ code: 6 });
  });
});

describe('delete', { timeout: 60_000 }, () => {
  it('stops the instances and forgets the service', async () => {
    const service = await create(harness, 'short-lived', { containers: [tiny()] });
    const { pid } = await ask(service.uri);
    const [operation] = await harness.clients.services.deleteService(
      { name: service.name ?? '' },
      harness.clients.options,
    );
    await operation.promise();
    await expect(getService(harness, 'short-lived')).rejects.toMatchObject({ code: 5 });
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

describe('access', { timeout: 60_000 }, () => {
  it('asks for the token on every call', async () => {
    const { services, revisions, builds } = harness.clients;
    const wrong = { otherArgs: { headers: { authorization: 'Bearer wrong' } } };
    const name = nameOf('first');
    const { operationsClient } = services;
    const operation = operationRequest(`${PARENT}/operations/x`);
    const calls = (options: object): Promise<unknown>[] => [
      services.getService({ name }, options),
      services.listServices({ parent: PARENT }, options),
      services.getIamPolicy({ resource: name }, options),
      revisions.listRevisions({ parent: name }, options),
      builds.submitBuild({ parent: PARENT }, options),
      operationsClient.getOperation(operation, options),
    ];
    const outcomes = await Promise.allSettled([...calls({}), ...calls(wrong)]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 16 } });
  });

  it('stores IAM policies with their etag', async () => {
    const { services, options } = harness.clients;
    const resource = nameOf('first');
    const bindings = [{ role: 'roles/run.invoker', members: ['allUsers'] }];
    const [set] = await services.setIamPolicy({ resource, policy: { bindings } }, options);
    const etag = set.etag ?? '';
    const [got] = await services.getIamPolicy({ resource }, options);
    expect(got.bindings).toMatchObject(bindings);
    await services.setIamPolicy({ resource, policy: { bindings: [], etag } }, options);
    await expect(
      services.setIamPolicy({ resource, policy: { bindings, etag } }, options),
    ).rejects.toMatchObject({ code: 10 });
  });
});
