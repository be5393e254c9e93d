import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PreflightAction } from '../../../shared/domain/preflight.ts';
import { GoogleApisServer } from '../testing/google-apis-server.ts';
import { LocalRunRig } from '../testing/local-run-rig.ts';
import type { CloudRunProvider } from './cloud-run-provider.ts';
import { GoogleHttp } from './google-http.ts';
import { permissionsFor } from './required-permissions.ts';
import { RunClientPool } from './run-clients.ts';

const ACTIONS: readonly PreflightAction[] = ['read', 'deploy', 'build', 'public'];

let rig: LocalRunRig;

beforeAll(async () => {
  rig = await LocalRunRig.open();
});
afterEach(() => rig.faults.clear());
afterAll(() => rig.close());

describe('a preflight on the local cloud (R2)', () => {
  const service = 'looked-at';
  beforeAll(async () => {
    await rig.deploy(service);
  });

  const required = permissionsFor(ACTIONS, true);
  it.each(required.map(({ permission, role }) => [permission, role]))(
    'without %s names it, its role and the command, and writes nothing',
    async (permission, role) => {
      const before = await rig.stateOf(service);
      await rig.faults.add({ kind: 'permission-denied', permissions: [permission] });
      const found = await rig.provider.preflight({
        service,
        actions: ACTIONS,
        template: rig.template,
      });
      await rig.faults.clear();
      expect(found.map(({ title }) => title)).toContain(`Permission ${permission} is missing`);
      const finding = found.find(({ title }) => title.includes(permission));
      expect(finding?.command).toContain(`--role=${role}`);
      expect(await rig.stateOf(service)).toEqual(before);
    },
  );

  it('finds a configuration that the platform would refuse', async () => {
    const refused = { ...rig.template, concurrency: 5_000 };
    const found = await rig.provider.preflight({ service, actions: ['deploy'], template: refused });
    expect(found).toMatchObject([{ code: 'SPEC_REFUSED', severity: 'blocks' }]);
  });
});

describe('a preflight on a project (R2)', () => {
  const service = 'on-google';
  let google: GoogleApisServer;
  let over: CloudRunProvider;
  beforeAll(async () => {
    await rig.deploy(service);
    google = new GoogleApisServer();
    const apis = await google.listen();
    const headers = new Headers({ authorization: 'Bearer t' });
    over = rig.over(rig.pool, new GoogleHttp(apis, () => Promise.resolve(headers)));
  });
  afterEach(() => {
    google.denied.clear();
    google.disabledApis.clear();
  });
  afterAll(() => google.close());

  const look = (): ReturnType<CloudRunProvider['preflight']> =>
    over.preflight({ service, actions: ACTIONS, template: rig.template });

  it('finds nothing where everything is well, and changes nothing', async () => {
    const before = await rig.stateOf(service);
    expect(await look()).toEqual([]);
    expect(await rig.stateOf(service)).toEqual(before);
  });

  it('names an API that is not enabled, with the command', async () => {
    google.disabledApis.add('cloudbuild.googleapis.com');
    expect(await look()).toMatchObject([
      {
        code: 'API_DISABLED',
        command: 'gcloud services enable cloudbuild.googleapis.com --project=local',
      },
    ]);
  });

  it('asks the service for what the project does not give', async () => {
    google.denied.add('run.services.update');
    expect(await look()).toEqual([]);
    await rig.faults.add({ kind: 'permission-denied', permissions: ['run.services.update'] });
    expect(await look()).toMatchObject([{ code: 'PERMISSION_MISSING', severity: 'blocks' }]);
  });

  it('only warns about what may be granted on another resource', async () => {
    google.denied.add('iam.serviceAccounts.actAs');
    expect(await look()).toMatchObject([{ code: 'PERMISSION_MISSING', severity: 'warns' }]);
  });

  it('reads the domains in front of a service, with what DNS has to say', async () => {
    const status = {
      conditions: [
        { type: 'Ready', status: 'Unknown', message: 'Waiting for DNS' },
        { type: 'CertificateProvisioned', status: 'Unknown' },
        { type: 'DomainRoutable', status: 'Unknown' },
      ],
    };
    const records = [{ name: 'api', type: 'CNAME', rrdata: 'ghs.googlehosted.com.' }];
    google.domains = [
      {
        metadata: { name: 'api.example.com' },
        spec: { routeName: service },
        status: { ...status, resourceRecords: records },
      },
      { metadata: { name: 'other.example.com' }, spec: { routeName: 'another' }, status: {} },
    ];
    expect(await over.domainMappings(service)).toEqual([
      {
        domain: 'api.example.com',
        state: 'pending',
        reason: 'Waiting for DNS',
        waitsFor: 'certificate',
        records: [{ name: 'api', type: 'CNAME', value: 'ghs.googlehosted.com.' }],
      },
    ]);
  });
});

describe('a target without credentials (R13)', () => {
  it('is a finding and a typed error; nothing is left unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): number => unhandled.push(error);
    process.on('unhandledRejection', note);
    const pool = new RunClientPool(() =>
      Promise.resolve({
        tls: true,
        host: 'run.googleapis.com',
        port: 443,
        authClient: () => Promise.reject(new Error('Could not load the default credentials.')),
      }),
    );
    const over = rig.over(pool);
    await expect(over.listServices()).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const spec = { service: null, actions: ['read'] as const, template: null };
    expect(await over.preflight(spec)).toMatchObject([{ code: 'CREDENTIALS_MISSING' }]);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});
