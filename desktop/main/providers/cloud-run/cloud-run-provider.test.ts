import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GuardedClients } from '../conformance/guarded-clients.ts';
import { LOCAL_PARENT as PARENT, LocalRunRig } from '../testing/local-run-rig.ts';
import type { ClientSource } from './run-clients.ts';

let rig: LocalRunRig;

beforeAll(async () => {
  rig = await LocalRunRig.open();
});
afterEach(() => rig.faults.clear());
afterAll(() => rig.close());

describe('a refused call', () => {
  it('says the permission, the role and the command that grants it (R12)', async () => {
    const service = rig.newService();
    await rig.deploy(service);
    await rig.faults.add({ kind: 'permission-denied', permissions: ['run.services.update'] });
    await expect(
      rig.provider.setScaling(service, { min: 0, max: 3, manual: null }),
    ).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      nextStep: expect.stringMatching(
        /gcloud projects add-iam-policy-binding .*run\.developer/,
      ) as unknown,
    });
  });

  it('never repeats a value that looks secret', async () => {
    const env = [{ name: 'BAD NAME_TOKEN', value: 'planted-secret-value' }];
    const request = {
      service: rig.newService(),
      template: { ...rig.template, env },
      deployId: 'x',
    };
    const refused: unknown = await rig.provider
      .createRevision(request)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(String(refused)).not.toContain('planted-secret-value');
  });
});

describe('concurrent writers (R8)', () => {
  it('somebody else’s change of another field is kept, and ours is put on top', async () => {
    const service = rig.newService();
    const first = await rig.deploy(service);
    await rig.faults.add({ kind: 'etag-race', service });
    const shares = [{ revision: first, percent: 100, tag: null }];
    const shifted = await rig.follow(
      await rig.provider.setTraffic(service, { kind: 'split', shares }),
    );
    expect(shifted.state).toBe('succeeded');
    expect((await rig.provider.getService(service)).serving.followsLatest).toBe(false);
  });

  it('somebody else’s change of the same field is a conflict, and is not overwritten', async () => {
    const service = rig.newService();
    await rig.deploy(service);
    const { services, callOptions } = await rig.pool.get();
    const raced = racing(rig.pool, async () => {
      const name = `${PARENT}/services/${service}`;
      const scaling = { minInstanceCount: 0, maxInstanceCount: 9 };
      const updateMask = { paths: ['scaling'] };
      await services.updateService({ service: { name, scaling }, updateMask }, callOptions);
    });
    await expect(
      rig.over(raced).setScaling(service, { min: 0, max: 3, manual: null }),
    ).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('scaling') as unknown,
    });
    expect((await rig.provider.getService(service)).scaling.max).toBe(9);
  });
});

/** Clients of the same platform where somebody writes right before our first update. */
function racing(source: ClientSource, race: () => Promise<void>): ClientSource {
  let raced = false;
  const get: ClientSource['get'] = async () => {
    const clients = await source.get();
    const services = new Proxy(clients.services, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          const first = property === 'updateService' && !raced;
          raced ||= first;
          if (first) await race();
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
    return { ...clients, services };
  };
  return { get };
}

describe('a lost answer (R9)', () => {
  it('of a create is not sent again: the service it made is adopted', async () => {
    const service = rig.newService();
    await rig.faults.add({ kind: 'lost-response', method: 'CreateService' });
    const operation = await rig.provider.createRevision({
      service,
      template: rig.template,
      deployId: 'lost',
    });
    expect(await rig.follow(operation)).toMatchObject({ state: 'succeeded' });
    expect(await rig.provider.listRevisions(service)).toHaveLength(1);
    expect((await rig.provider.getService(service)).serving.shares).toMatchObject([
      { percent: 100 },
    ]);
  });

  it('of an update is not sent again: the revision it cut is adopted', async () => {
    const service = rig.newService();
    await rig.deploy(service);
    await rig.faults.add({ kind: 'lost-response', method: 'UpdateService' });
    const operation = await rig.provider.createRevision({
      service,
      template: rig.template,
      deployId: 'lost',
    });
    expect(await rig.follow(operation)).toMatchObject({ state: 'succeeded' });
    expect(await rig.provider.listRevisions(service)).toHaveLength(2);
  });
});

describe('a call of an earlier process that is still on its way', () => {
  it('and arrives between look and write: the revision it cut is adopted', async () => {
    const service = rig.newService();
    await rig.deploy(service);
    const request = { service, template: rig.template, deployId: 'late' };
    const raced = racing(rig.pool, async () => {
      await rig.provider.createRevision(request);
    });
    const operation = await rig.over(raced).createRevision(request);
    expect(await rig.follow(operation)).toMatchObject({ state: 'succeeded' });
    expect(await rig.provider.listRevisions(service)).toHaveLength(2);
  });
});

describe('a service that somebody else made (R15, R16)', () => {
  it('with a named revision takes an edit, and keeps what the console does not know', async () => {
    const service = rig.newService();
    const { services, callOptions } = await rig.pool.get();
    const [operation] = await services.createService(
      {
        parent: PARENT,
        serviceId: service,
        service: {
          template: {
            revision: `${service}-by-hand`,
            serviceAccount: 'runner@local.test',
            annotations: { team: 'search' },
            labels: { owner: 'ann' },
            containers: [
              {
                image: rig.template.image,
                ports: [{ containerPort: 8080 }],
                resources: { limits: { cpu: '1', memory: '512Mi' }, cpuIdle: false },
                livenessProbe: { httpGet: { path: '/live' }, periodSeconds: 30 },
                startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 2 },
              },
            ],
          },
        },
      },
      callOptions,
    );
    await rig.follow({ name: operation.name ?? '', service });
    const [seen] = await rig.provider.listRevisions(service);
    if (seen === undefined) throw new Error('there is no revision');
    const edited = { ...seen.template, env: [{ name: 'ADDED', value: '1' }] };
    const cut = await rig.provider.createRevision({ service, template: edited, deployId: 'edit' });
    expect(await rig.follow(cut)).toMatchObject({ state: 'succeeded' });
    const [read] = await services.getService(
      { name: `${PARENT}/services/${service}` },
      callOptions,
    );
    const [container] = read.template?.containers ?? [];
    expect(read.template).toMatchObject({
      serviceAccount: 'runner@local.test',
      annotations: { team: 'search' },
      labels: { owner: 'ann' },
    });
    expect(container).toMatchObject({
      resources: { cpuIdle: false },
      livenessProbe: { httpGet: { path: '/live' } },
      startupProbe: { tcpSocket: { port: 8080 } },
    });
  });
});

describe('public access (2.4)', () => {
  it('is given by IAM where the flag is refused, and taken away again', async () => {
    const service = rig.newService();
    await rig.deploy(service);
    const { services, callOptions } = await rig.pool.get();
    const resource = `${PARENT}/services/${service}`;
    const policy = {
      bindings: [{ role: 'roles/run.invoker', members: ['allUsers', 'user:a@b.c'] }],
    };
    await services.setIamPolicy({ resource, policy }, callOptions);
    expect((await rig.provider.getService(service)).public).toBe(true);
    await rig.follow(await rig.provider.setAccess(service, { public: false }));
    expect((await rig.provider.getService(service)).public).toBe(false);
    const [left] = await services.getIamPolicy({ resource }, callOptions);
    expect(left.bindings).toMatchObject([{ members: ['user:a@b.c'] }]);
  });

  it('that is refused altogether is a warning with its fix; the deploy goes on', async () => {
    await rig.faults.add({ kind: 'permission-denied', permissions: ['run.services.setIamPolicy'] });
    const service = rig.newService();
    const settings = { public: true, ingress: 'all' } as const;
    const request = { service, template: rig.template, deployId: 'open', settings };
    const operation = await rig.provider.createRevision(request);
    expect(await rig.follow(operation)).toMatchObject({ state: 'succeeded' });
    const { public: open } = await rig.provider.getService(service);
    const codes = (operation.warnings ?? []).map(({ code }) => code);
    expect({ open, codes }).toEqual({ open: false, codes: ['PUBLIC_ACCESS_REFUSED'] });
  });
});

describe('the guard of a conformance run', () => {
  const guarded = (): GuardedClients =>
    new GuardedClients(rig.pool, { parent: PARENT, prefix: 'omni-conf-1-' });

  it('lets nothing reach a service of another name or of another run', async () => {
    const foreign = rig.newService();
    await rig.deploy(foreign);
    const sameName = 'omni-conf-1-taken';
    await rig.deploy(sameName, 'somebody-else');
    const before = [await rig.stateOf(foreign), await rig.stateOf(sameName)];
    const over = rig.over(guarded());
    for (const service of [foreign, sameName]) {
      const refused = { message: expect.stringContaining('guard') as unknown };
      const request = { service, template: rig.template, deployId: 'omni-conf-1-x' };
      await expect(over.createRevision(request)).rejects.toMatchObject(refused);
      await expect(
        over.setScaling(service, { min: 0, max: 1, manual: null }),
      ).rejects.toMatchObject(refused);
      await expect(over.setAccess(service, { ingress: 'none' })).rejects.toMatchObject(refused);
      const latest = { kind: 'latest' } as const;
      await expect(over.setTraffic(service, latest)).rejects.toMatchObject(refused);
    }
    expect(await guarded().cleanUp()).toEqual([]);
    expect([await rig.stateOf(foreign), await rig.stateOf(sameName)]).toEqual(before);
  });

  it('cleans up what its run made and nothing else', async () => {
    const service = 'omni-conf-1-mine';
    const over = rig.over(guarded());
    await rig.follow(
      await over.createRevision({
        service,
        template: rig.template,
        deployId: 'omni-conf-1-deploy-1',
      }),
    );
    expect(await guarded().cleanUp()).toEqual([service]);
  });
});
