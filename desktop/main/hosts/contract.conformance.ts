import { describe, expect, it } from 'vitest';
import type { ContractRouterClient } from '@orpc/contract';
import { contract } from '../../shared/contract/index.ts';
import type { Contract } from '../../shared/contract/index.ts';
import { procedureNames } from '../rpc/procedure-names.ts';
import type { FakeCore } from '../testing/fake-core.ts';
import { endOf, fakeCore } from '../testing/fake-core.ts';
import { firstOf } from './first-of.conformance.ts';
import { ROLLOUT_CASES } from './rollout-cases.conformance.ts';
import { TARGET_CASES } from './target-cases.conformance.ts';

export type ConsoleClient = ContractRouterClient<Contract>;

/** A client that reaches the router through one kind of host. */
export interface Connection {
  readonly client: ConsoleClient;
  close(): Promise<void>;
}

export type Case = (client: ConsoleClient, fake: FakeCore) => Promise<void>;

const BACKEND = { service: 'backend', build: true, env: {} };
const BOARD = { service: 'gateway', route: null, revision: null, range: '5m' } as const;
const NEW_KEY = { name: 'alice', environment: 'live', expiresAt: null, rateLimitPerMinute: null };

async function deployBackend(client: ConsoleClient, fake: FakeCore): Promise<string> {
  const { operationId } = await client.deployments.deploy(BACKEND);
  return (await endOf(fake.core, operationId)).result?.revision ?? '';
}

/** One case per procedure: what it is called with and what comes back over the host. */
const CASES: Readonly<Record<string, Case>> = {
  'audit.list': async (client) => {
    await client.settings.setTheme({ theme: 'dark' });
    const [entry] = await client.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ sequence: 1, action: 'settings.setTheme', outcome: 'ok' });
  },
  'audit.verify': async (client) => {
    expect(await client.audit.verify()).toMatchObject({ entries: 0, brokenAt: null });
  },
  'audit.export': async (client) => {
    const written = await client.audit.export({ format: 'csv' });
    expect(written).toEqual({ file: 'memory/audit.csv', entries: 0 });
  },
  'canary.plan': async (client, fake) => {
    const revision = await deployBackend(client, fake);
    const what = { kind: 'deploy', build: false, env: {} } as const;
    const plan = await client.canary.plan({ service: 'backend', what });
    const traffic = plan.rows.filter(({ group }) => group === 'traffic');
    expect(traffic.map(({ field, next }) => [field, next])).toEqual([
      ['new revision', '5 %'],
      [revision, '95 %'],
      ['Later revisions', 'get none: pinned'],
    ]);
  },
  'cost.estimate': async (client, fake) => {
    await deployBackend(client, fake);
    const report = await client.cost.estimate();
    expect(report).toMatchObject({ billed: false, services: [{ service: 'backend' }] });
  },
  'deployments.deploy': async (client, fake) => {
    expect(await deployBackend(client, fake)).toBe('backend-00001-mem');
  },
  'deployments.listDomains': async (client, fake) => {
    await deployBackend(client, fake);
    const mapping = {
      domain: 'api.example.com',
      state: 'pending',
      reason: 'Waiting for DNS',
      waitsFor: 'certificate',
      records: [{ name: 'api', type: 'CNAME', value: 'ghs.googlehosted.com.' }],
    } as const;
    fake.provider.mapDomains('backend', [mapping]);
    expect(await client.deployments.listDomains({ service: 'backend' })).toEqual([mapping]);
  },
  'deployments.listRevisions': async (client, fake) => {
    await deployBackend(client, fake);
    const rows = await client.deployments.listRevisions({ service: 'backend' });
    expect(rows).toMatchObject([{ changed: 'first revision', revision: { trafficPercent: 100 } }]);
  },
  'deployments.listServices': async (client, fake) => {
    await deployBackend(client, fake);
    expect(await client.deployments.listServices()).toMatchObject([{ id: 'backend' }]);
  },
  'deployments.planDeploy': async (client) => {
    const plan = await client.deployments.planDeploy({ service: 'gateway' });
    expect(plan.checks.filter(({ ok }) => !ok)).toMatchObject([{ title: 'backend is deployed' }]);
  },
  'deployments.planRollBack': async (client, fake) => {
    const good = await deployBackend(client, fake);
    await deployBackend(client, fake);
    const plan = await client.deployments.planRollBack({ service: 'backend', revision: good });
    expect(plan).toMatchObject({ impact: 'traffic', nextLabel: good });
  },
  'deployments.planResumeLatest': async (client, fake) => {
    const good = await deployBackend(client, fake);
    const plan = await client.deployments.planResumeLatest({ service: 'backend' });
    expect(plan).toMatchObject({ kind: 'resume_latest', nextLabel: good, pin: null });
  },
  'deployments.planTraffic': async (client, fake) => {
    const revision = await deployBackend(client, fake);
    const shares = [{ revision, percent: 100, tag: 'blue' }];
    const plan = await client.deployments.planTraffic({ service: 'backend', shares });
    expect(plan).toMatchObject({ kind: 'set_traffic', impact: 'traffic' });
    expect(plan.gcloud).toContain(`--update-tags blue=${revision}`);
  },
  'deployments.resumeLatest': async (client, fake) => {
    const good = await deployBackend(client, fake);
    const latest = await deployBackend(client, fake);
    const back = await client.deployments.rollBack({ service: 'backend', revision: good });
    await endOf(fake.core, back.operationId);
    const { operationId } = await client.deployments.resumeLatest({ service: 'backend' });
    expect((await endOf(fake.core, operationId)).result?.revision).toBe(latest);
  },
  'deployments.rollBack': async (client) => {
    const call = client.deployments.rollBack({ service: 'backend', revision: 'none' });
    await expect(call).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND', defined: true });
  },
  'health.check': async (client) => {
    expect((await client.health.check()).verdict.state).toBe('idle');
  },
  'health.watch': async (client) => {
    expect((await firstOf(await client.health.watch())).nodes).toHaveLength(5);
  },
  'keys.create': async (client) => {
    const { key, secret } = await client.keys.create(NEW_KEY);
    expect(secret.endsWith(key.last4)).toBe(true);
  },
  'keys.list': async (client) => {
    await client.keys.create(NEW_KEY);
    expect(await client.keys.list()).toMatchObject([{ name: 'alice' }]);
  },
  'metrics.filters': async (client) => {
    const filters = await client.metrics.filters({ service: 'gateway' });
    expect(filters).toEqual({ routes: [], revisions: [] });
  },
  'metrics.keyUsage': async (client) => {
    expect(await client.metrics.keyUsage()).toEqual([]);
  },
  'metrics.routes': async (client) => {
    expect(await client.metrics.routes({ service: 'gateway' })).toEqual([]);
  },
  'metrics.watchBoard': async (client, fake) => {
    await deployBackend(client, fake);
    const update = await firstOf(await client.metrics.watchBoard(BOARD));
    expect(update.markers).toMatchObject([{ kind: 'deploy', label: 'backend-00001-mem' }]);
  },
  'metrics.watchFigures': async (client) => {
    expect(await firstOf(await client.metrics.watchFigures())).toEqual([]);
  },
  'operations.cancel': async (client) => {
    const call = client.operations.cancel({ id: 'none' });
    await expect(call).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
  },
  'operations.list': async (client, fake) => {
    await deployBackend(client, fake);
    expect(await client.operations.list()).toMatchObject([{ state: 'succeeded', log: [] }]);
  },
  'operations.watch': async (client, fake) => {
    const { operationId } = await client.deployments.deploy(BACKEND);
    await endOf(fake.core, operationId);
    const states: string[] = [];
    for await (const { state } of await client.operations.watch({ id: operationId }))
      states.push(state);
    expect(states.at(-1)).toBe('succeeded');
    const unknown = client.operations.watch({ id: 'none' }).then(firstOf);
    await expect(unknown).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
  },
  'operations.watchAll': async (client) => {
    expect(await firstOf(await client.operations.watchAll())).toEqual([]);
  },
  'settings.about': async (client) => {
    expect(await client.settings.about()).toEqual({ version: '0.0.0', runtimes: [] });
  },
  'settings.read': async (client) => {
    expect(await client.settings.read()).toMatchObject({ warning: null, stateFolder: 'memory' });
  },
  'settings.setTheme': async (client) => {
    expect((await client.settings.setTheme({ theme: 'light' })).theme).toBe('light');
  },
  'stack.ensure': async (client, fake) => {
    const { operationIds } = await client.stack.ensure();
    const ended = await Promise.all(operationIds.map((id) => endOf(fake.core, id)));
    expect(ended.map(({ service, state }) => `${service} ${state}`)).toEqual([
      'backend succeeded',
      'gateway succeeded',
    ]);
    expect(await client.stack.ensure()).toEqual({ operationIds: [] });
  },
  'stack.setSampleTraffic': async (client) => {
    const sample = await client.stack.setSampleTraffic({ on: false, requestsPerSecond: 7 });
    expect(sample).toMatchObject({ on: false, requestsPerSecond: 7 });
  },
  'stack.test': async (client, fake) => {
    const { operationIds } = await client.stack.ensure();
    for (const id of operationIds) await endOf(fake.core, id);
    expect((await client.stack.test()).map(({ status }) => status)).toEqual([200, 200, 200]);
  },
  'stack.watch': async (client) => {
    expect(await firstOf(await client.stack.watch())).toMatchObject({ phase: 'failed' });
  },
  'stack.watchSampleTraffic': async (client) => {
    expect(await firstOf(await client.stack.watchSampleTraffic())).toMatchObject({ on: false });
  },
  ...ROLLOUT_CASES,
  ...TARGET_CASES,
};

/** Holds one kind of host to the whole contract (H1). */
export function contractSuite(
  name: string,
  connect: (fake: FakeCore) => Promise<Connection>,
): void {
  describe(`the contract over ${name}`, () => {
    it('has a case for every procedure', () => {
      expect(Object.keys(CASES).sort()).toEqual([...procedureNames(contract)].sort());
    });

    it.each(Object.entries(CASES))('%s', async (_procedure, run) => {
      const fake = fakeCore();
      const connection = await connect(fake);
      try {
        await run(connection.client, fake);
      } finally {
        await connection.close();
      }
    });

    it('refuses wrong input with a sentence and no stack', async () => {
      const connection = await connect(fakeCore());
      try {
        const wrong = { service: 'backend', revision: 7 } as unknown as {
          service: string;
          revision: string;
        };
        const call = connection.client.deployments.rollBack(wrong);
        await expect(call).rejects.toMatchObject({ code: 'INVALID_INPUT', defined: true });
      } finally {
        await connection.close();
      }
    });

    it('hides the message of an unexpected error and logs it under a reference', async () => {
      const fake = fakeCore();
      fake.keys.list = () => Promise.reject(new Error('the password is hunter2'));
      const connection = await connect(fake);
      try {
        const error: unknown = await connection.client.keys
          .list()
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'INTERNAL', data: { reference: 'id-1' } });
        expect(JSON.stringify(error)).not.toContain('hunter2');
        expect(fake.logged.join()).toContain('id-1');
      } finally {
        await connection.close();
      }
    });
  });
}
