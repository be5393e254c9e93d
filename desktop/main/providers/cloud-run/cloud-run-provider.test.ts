import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_LOCATION, LOCAL_PROJECT } from '@omni/contracts/local-cloud.ts';
import type { PreflightAction } from '../../../shared/domain/preflight.ts';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import type { RemoteOperation, RemoteOutcome } from '../../ports/deployment-provider.ts';
import { GuardedClients } from '../conformance/guarded-clients.ts';
import { LocalConnection } from '../local/local-connection.ts';
import { LocalSession } from '../local/local-session.ts';
import { systemClock } from '../os/system-clock.ts';
import { CloudFaults } from '../testing/cloud-faults.ts';
import { LocalCloudProcess } from '../testing/local-cloud-process.ts';
import { TINY_SERVICE, tinyTemplate } from '../testing/tiny-service.ts';
import { CloudRunProvider } from './cloud-run-provider.ts';
import type { CloudRunAddress } from './credentials.ts';
import { LOCAL_POLLING } from './poll-operation.ts';
import { permissionsFor } from './required-permissions.ts';
import { RunClientPool } from './run-clients.ts';

const PARENT = `projects/${LOCAL_PROJECT}/locations/${LOCAL_LOCATION}`;
const ACTIONS: readonly PreflightAction[] = ['read', 'deploy', 'build', 'public'];
const patience = (): AbortSignal => AbortSignal.timeout(60_000);

let cloud: LocalCloudProcess;
let faults: CloudFaults;
let pool: RunClientPool;
let provider: CloudRunProvider;
let template: RevisionTemplate;
let made = 0;

function providerOver(clients: RunClientPool | GuardedClients): CloudRunProvider {
  return new CloudRunProvider({
    clients,
    project: LOCAL_PROJECT,
    location: LOCAL_LOCATION,
    platform: 'the local cloud',
    polling: LOCAL_POLLING,
    clock: systemClock,
    readLogs: null,
  });
}

beforeAll(async () => {
  cloud = await LocalCloudProcess.start({ tiny: TINY_SERVICE });
  const { stateFolder, sourcesFolder } = cloud;
  const session = new LocalSession({ stateFolder, sourcesFolder, clock: systemClock });
  const source = await session.builder.package('tiny');
  const signal = patience();
  const { image } = await session.builder.build({ source, onLog: () => undefined, signal });
  await session.close();
  const connection = new LocalConnection(stateFolder);
  pool = new RunClientPool(async (): Promise<CloudRunAddress> => {
    const { grpcPort, token } = await connection.get();
    return { tls: false, host: '127.0.0.1', port: grpcPort, token };
  });
  faults = new CloudFaults(cloud);
  provider = providerOver(pool);
  template = tinyTemplate(image);
});
afterEach(() => faults.clear());
afterAll(async () => {
  await pool.close();
  await cloud.close();
});

const newService = (): string => `own-${String((made += 1))}`;

function follow(operation: RemoteOperation): Promise<RemoteOutcome> {
  return provider.waitFor(operation, patience());
}

async function deployed(service: string, deployId = 'first'): Promise<string> {
  const outcome = await follow(await provider.createRevision({ service, template, deployId }));
  if (outcome.state === 'failed') throw new Error(outcome.reason);
  return outcome.revision ?? '';
}

/** Etag and revisions: what any write would change. */
async function stateOf(service: string): Promise<unknown> {
  return [await provider.getService(service), await provider.listRevisions(service)];
}

describe('a preflight on the local cloud (R2)', () => {
  const service = 'looked-at';
  beforeAll(() => deployed(service));

  const required = permissionsFor(ACTIONS, true);
  it.each(required.map(({ permission, role }) => [permission, role]))(
    'without %s names it, its role and the command, and writes nothing',
    async (permission, role) => {
      const before = await stateOf(service);
      await faults.add({ kind: 'permission-denied', permissions: [permission] });
      const found = await provider.preflight({ service, actions: ACTIONS, template });
      await faults.clear();
      expect(found.map(({ title }) => title)).toContain(`Permission ${permission} is missing`);
      const finding = found.find(({ title }) => title.includes(permission));
      expect(finding?.command).toContain(`--role=${role}`);
      expect(await stateOf(service)).toEqual(before);
    },
  );

  it('finds a configuration that the platform would refuse', async () => {
    const refused = { ...template, concurrency: 5_000 };
    const found = await provider.preflight({ service, actions: ['deploy'], template: refused });
    expect(found).toMatchObject([{ code: 'SPEC_REFUSED', severity: 'blocks' }]);
  });
});

describe('a refused call', () => {
  it('says the permission, the role and the command that grants it (R12)', async () => {
    const service = newService();
    await deployed(service);
    await faults.add({ kind: 'permission-denied', permissions: ['run.services.update'] });
    await expect(provider.setScaling(service, { min: 0, max: 3 })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      nextStep: expect.stringMatching(/gcloud projects add-iam-policy-binding .*run\.developer/),
    });
  });

  it('never repeats a value that looks secret', async () => {
    const env = [{ name: 'BAD NAME_TOKEN', value: 'planted-secret-value' }];
    const request = { service: newService(), template: { ...template, env }, deployId: 'x' };
    const refused: unknown = await provider
      .createRevision(request)
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Error);
    expect(String(refused)).not.toContain('planted-secret-value');
  });
});

describe('concurrent writers (R8)', () => {
  it('somebody else’s change of another field is kept, and ours is put on top', async () => {
    const service = newService();
    const first = await deployed(service);
    await faults.add({ kind: 'etag-race', service });
    const shares = [{ revision: first, percent: 100, tag: null }];
    const shifted = await follow(await provider.setTraffic(service, { kind: 'split', shares }));
    expect(shifted.state).toBe('succeeded');
    expect((await provider.getService(service)).serving.followsLatest).toBe(false);
  });

  it('somebody else’s change of the same field is a conflict, and is not overwritten', async () => {
    const service = newService();
    await deployed(service);
    const { services, callOptions } = await pool.get();
    const racing = new RacingClients(pool, async () => {
      const name = `${PARENT}/services/${service}`;
      const scaling = { minInstanceCount: 0, maxInstanceCount: 9 };
      const updateMask = { paths: ['scaling'] };
      await services.updateService({ service: { name, scaling }, updateMask }, callOptions);
    });
    await expect(
      providerOver(racing.pool).setScaling(service, { min: 0, max: 3 }),
    ).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('scaling') });
    expect((await provider.getService(service)).scaling.max).toBe(9);
  });
});

/** Clients of the same platform where somebody writes right before our first update. */
class RacingClients {
  readonly pool: RunClientPool;

  constructor(source: RunClientPool, race: () => Promise<void>) {
    let raced = false;
    this.pool = Object.assign(Object.create(source) as RunClientPool, {
      get: async () => {
        const clients = await source.get();
        const services = new Proxy(clients.services, {
          get: (target, property) => {
            const value: unknown = Reflect.get(target, property);
            if (typeof value !== 'function') return value;
            return async (...args: unknown[]): Promise<unknown> => {
              if (property === 'updateService' && !raced) {
                raced = true;
                await race();
              }
              return Reflect.apply(value, target, args) as unknown;
            };
          },
        });
        return { ...clients, services };
      },
    });
  }
}

describe('a lost answer (R9)', () => {
  it('of a create is not sent again: the service it made is adopted', async () => {
    const service = newService();
    await faults.add({ kind: 'lost-response', method: 'CreateService' });
    const operation = await provider.createRevision({ service, template, deployId: 'lost' });
    expect(await follow(operation)).toMatchObject({ state: 'succeeded' });
    expect(await provider.listRevisions(service)).toHaveLength(1);
    expect((await provider.getService(service)).serving.shares).toMatchObject([{ percent: 100 }]);
  });

  it('of an update is not sent again: the revision it cut is adopted', async () => {
    const service = newService();
    await deployed(service);
    await faults.add({ kind: 'lost-response', method: 'UpdateService' });
    const operation = await provider.createRevision({ service, template, deployId: 'lost' });
    expect(await follow(operation)).toMatchObject({ state: 'succeeded' });
    expect(await provider.listRevisions(service)).toHaveLength(2);
  });
});

describe('a service that somebody else made (R15, R16)', () => {
  it('with a named revision takes an edit, and keeps what the console does not know', async () => {
    const service = newService();
    const { services, callOptions } = await pool.get();
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
                image: template.image,
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
    await follow({ name: operation.name ?? '', service });
    const [seen] = await provider.listRevisions(service);
    if (seen === undefined) throw new Error('there is no revision');
    const edited = { ...seen.template, env: [{ name: 'ADDED', value: '1' }] };
    const cut = await provider.createRevision({ service, template: edited, deployId: 'edit' });
    expect(await follow(cut)).toMatchObject({ state: 'succeeded' });
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
    const service = newService();
    await deployed(service);
    const { services, callOptions } = await pool.get();
    const resource = `${PARENT}/services/${service}`;
    const policy = {
      bindings: [{ role: 'roles/run.invoker', members: ['allUsers', 'user:a@b.c'] }],
    };
    await services.setIamPolicy({ resource, policy }, callOptions);
    expect((await provider.getService(service)).public).toBe(true);
    await follow(await provider.setAccess(service, { public: false }));
    expect((await provider.getService(service)).public).toBe(false);
    const [left] = await services.getIamPolicy({ resource }, callOptions);
    expect(left.bindings).toMatchObject([{ members: ['user:a@b.c'] }]);
  });

  it('that is refused altogether is a warning with its fix; the deploy goes on', async () => {
    await faults.add({ kind: 'permission-denied', permissions: ['run.services.setIamPolicy'] });
    const service = newService();
    const settings = { public: true, ingress: 'all' } as const;
    const request = { service, template, deployId: 'open', settings };
    const operation = await provider.createRevision(request);
    expect(await follow(operation)).toMatchObject({ state: 'succeeded' });
    const { public: open } = await provider.getService(service);
    const codes = (operation.warnings ?? []).map(({ code }) => code);
    expect({ open, codes }).toEqual({ open: false, codes: ['PUBLIC_ACCESS_REFUSED'] });
  });
});

describe('the guard of a conformance run', () => {
  const guarded = (): GuardedClients =>
    new GuardedClients(pool, { parent: PARENT, prefix: 'omni-conf-1-' });

  it('lets nothing reach a service of another name or of another run', async () => {
    const foreign = newService();
    await deployed(foreign);
    const sameName = 'omni-conf-1-taken';
    await deployed(sameName, 'somebody-else');
    const before = [await stateOf(foreign), await stateOf(sameName)];
    const over = providerOver(guarded());
    for (const service of [foreign, sameName]) {
      const refused = { message: expect.stringContaining('guard') };
      const request = { service, template, deployId: 'omni-conf-1-x' };
      await expect(over.createRevision(request)).rejects.toMatchObject(refused);
      await expect(over.setScaling(service, { min: 0, max: 1 })).rejects.toMatchObject(refused);
      await expect(over.setAccess(service, { ingress: 'none' })).rejects.toMatchObject(refused);
      const latest = { kind: 'latest' } as const;
      await expect(over.setTraffic(service, latest)).rejects.toMatchObject(refused);
    }
    expect(await guarded().cleanUp()).toEqual([]);
    expect([await stateOf(foreign), await stateOf(sameName)]).toEqual(before);
  });

  it('cleans up what its run made and nothing else', async () => {
    const service = 'omni-conf-1-mine';
    const over = providerOver(guarded());
    await follow(
      await over.createRevision({ service, template, deployId: 'omni-conf-1-deploy-1' }),
    );
    expect(await guarded().cleanUp()).toEqual([service]);
  });
});
