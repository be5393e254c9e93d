import { operationsProtos } from 'google-gax';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PARENT } from '../../test-kit/clients.ts';
import {
  build,
  create,
  deploy,
  followOperation,
  getService,
  nameOf,
  tiny,
  update,
} from '../../test-kit/deploy.ts';
import type { IContainer } from '../../test-kit/deploy.ts';
import { addFault, clearFaults, faultFlags, listFaults, withFault } from '../../test-kit/faults.ts';
import { makeFolders, removeFolders, startHarness } from '../../test-kit/local-cloud-harness.ts';
import type { Harness } from '../../test-kit/local-cloud-harness.ts';

const folders = makeFolders();
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(folders, [
    '--no-postgres',
    ...faultFlags({ kind: 'call-error', method: 'SubmitBuild', code: 'INTERNAL' }),
  ]);
  await expect(build(harness, 'tiny')).rejects.toMatchObject({ code: 13 });
  await build(harness, 'tiny');
  await create(harness, 'shop', { containers: [tiny({ VERSION: '1' })] });
});

afterEach(async () => {
  await clearFaults(harness.connection);
});

afterAll(async () => {
  await harness.stop();
  removeFolders(folders);
});

function labelled(value: string): Promise<unknown> {
  return update(harness, { name: nameOf('shop'), labels: { value } }, ['labels']);
}

/** Gives up after a second: for starts that fail whatever happens. */
const IMPATIENT = { tcpSocket: {}, periodSeconds: 1, failureThreshold: 1 };

let version = 1;

/** Deploys something new; the operation's error is the rejection. */
function deployNext(more: IContainer = {}): Promise<unknown> {
  version += 1;
  const container = { ...tiny({ VERSION: String(version) }), ...more };
  return deploy(harness, 'shop', { containers: [container] });
}

describe('faults of calls', { timeout: 60_000 }, () => {
  it('are off again after their times', async () => {
    const fault = {
      kind: 'call-error',
      method: 'UpdateService',
      code: 'RESOURCE_EXHAUSTED',
    } as const;
    await addFault(harness.connection, { ...fault, times: 2 });
    await expect(labelled('a')).rejects.toMatchObject({ code: 8 });
    expect(await listFaults(harness.connection)).toMatchObject([{ times: 1 }]);
    await expect(labelled('a')).rejects.toMatchObject({ code: 8 });
    expect(await listFaults(harness.connection)).toEqual([]);
    await labelled('a');
  });

  it('lose the response of a create that happened: exactly one service is there', async () => {
    const { services, options } = harness.clients;
    const service = { template: { containers: [tiny()] } };
    const attempt = (): Promise<unknown> =>
      services.createService({ parent: PARENT, serviceId: 'once', service }, options);
    await addFault(harness.connection, { kind: 'lost-response', method: 'CreateService' });
    await expect(attempt()).rejects.toMatchObject({ code: 14 });
    await expect(attempt()).rejects.toMatchObject({ code: 6, reason: 'RESOURCE_ALREADY_EXISTS' });
    expect((await getService(harness, 'once')).generation).toBe('1');
  });

  it('let somebody else write between the read and the write', async () => {
    const read = await getService(harness, 'shop');
    await addFault(harness.connection, { kind: 'etag-race', service: 'shop' });
    const mine = { name: read.name ?? '', etag: read.etag ?? '', labels: { mine: 'yes' } };
    await expect(update(harness, mine, ['labels'])).rejects.toMatchObject({
      code: 10,
      reason: 'ETAG_MISMATCH',
    });
    const again = await getService(harness, 'shop');
    await update(harness, { ...mine, etag: again.etag ?? '' }, ['labels']);
    expect((await getService(harness, 'shop')).labels).toEqual({ mine: 'yes' });
  });

  it('take a permission away: calls that need it say so, and the test of permissions too', async () => {
    const { services, options } = harness.clients;
    const permissions = ['run.services.get', 'run.services.update'];
    const denied = ['run.services.update'];
    const fault = { kind: 'permission-denied' as const, permissions: denied };
    await withFault(harness.connection, fault, async () => {
      await expect(labelled('b')).rejects.toMatchObject({
        code: 7,
        reason: 'IAM_PERMISSION_DENIED',
        domain: 'iam.googleapis.com',
        errorInfoMetadata: { permission: 'run.services.update' },
      });
      const [held] = await services.testIamPermissions(
        { resource: nameOf('shop'), permissions },
        options,
      );
      expect(held.permissions).toEqual(['run.services.get']);
    });
    await labelled('b');
  });

  it('refuse a service above the quota', async () => {
    await addFault(harness.connection, { kind: 'quota', resource: 'services', limit: 1 });
    await expect(create(harness, 'more', { containers: [tiny()] })).rejects.toMatchObject({
      code: 8,
      reason: 'RATE_LIMIT_EXCEEDED',
    });
  });
});

describe('faults of revisions', { timeout: 60_000 }, () => {
  it.each([
    [{ kind: 'missing-artifact', service: 'shop' } as const, 'CONTAINER_MISSING', 5],
    [{ kind: 'failing-probe', service: 'shop' } as const, 'PROGRESS_DEADLINE_EXCEEDED', 9],
    [{ kind: 'quota', resource: 'instances' } as const, 'POSTPONED_RETRY', 8],
  ])('%o', async (fault, reason, code) => {
    const before = await getService(harness, 'shop');
    await withFault(harness.connection, fault, async () => {
      await expect(deployNext({ startupProbe: IMPATIENT })).rejects.toMatchObject({ code });
    });
    const after = await getService(harness, 'shop');
    expect(after.latestReadyRevision).toBe(before.latestReadyRevision);
    const [revision] = await harness.clients.revisions.getRevision(
      { name: after.latestCreatedRevision ?? '' },
      harness.clients.options,
    );
    expect(revision.conditions?.[0]).toMatchObject({ type: 'Ready', reason });
    await deployNext();
  });

  it('keep secrets from a new revision, which says so', async () => {
    const secretKeyRef = { secret: 'principal-secret', version: 'latest' };
    const env = [{ name: 'TOKEN', valueSource: { secretKeyRef } }];
    const permissions = ['secretmanager.versions.access'];
    await withFault(harness.connection, { kind: 'permission-denied', permissions }, async () => {
      await expect(deployNext({ env })).rejects.toThrow('Permission denied on secret');
    });
    const { terminalCondition } = await getService(harness, 'shop');
    expect(terminalCondition?.reason).toBe('SECRETS_ACCESS_CHECK_FAILED');
    await deployNext();
  });

  it('delay a start that passes in the end', async () => {
    await addFault(harness.connection, { kind: 'slow-start', service: 'shop', ms: 300 });
    await deployNext();
  });
});

describe('faults of builds', { timeout: 60_000 }, () => {
  it('fail the next build only, with the message in its log', async () => {
    await addFault(harness.connection, {
      kind: 'build-failure',
      source: 'tiny',
      message: 'npm ci: no',
    });
    expect((await build(harness, 'tiny')).error?.message).toContain('npm ci: no');
    expect((await build(harness, 'tiny')).error).toBeFalsy();
  });

  it('leave time to cancel', async () => {
    await addFault(harness.connection, { kind: 'slow-build', source: 'tiny', ms: 60_000 });
    const { builds, services, options } = harness.clients;
    const storageSource = { bucket: 'local-workspace', object: 'tiny' };
    const [answer] = await builds.submitBuild(
      { parent: PARENT, storageSource, imageUri: 'local/tiny' },
      options,
    );
    const name = answer.buildOperation?.name ?? '';
    const request = new operationsProtos.google.longrunning.CancelOperationRequest({ name });
    await services.operationsClient.cancelOperation(request, options);
    expect((await followOperation(harness, name)).error?.code).toBe(1);
  });
});

describe('the HTTP side', () => {
  it('refuses what is no fault, and other methods', async () => {
    const { httpPort, token } = harness.connection;
    const ask = (init: RequestInit): Promise<Response> =>
      fetch(`http://127.0.0.1:${httpPort}/v1/faults`, {
        ...init,
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask({ method: 'POST', body: '{"kind":"nonsense"}' })).status).toBe(400);
    expect((await ask({ method: 'POST', body: 'no json' })).status).toBe(400);
    expect((await ask({ method: 'PUT', body: '{}' })).status).toBe(405);
    expect(await listFaults(harness.connection)).toEqual([]);
  });
});
