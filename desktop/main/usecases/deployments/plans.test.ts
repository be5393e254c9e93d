import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECRET_MASK } from '../../../shared/domain/diff.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { ensureStack } from '../stack/ensure-stack.ts';
import type { Core } from '../core.ts';
import { deploy } from './deploy.ts';
import { listRevisions } from './list-revisions.ts';
import { planDeploy } from './plan-deploy.ts';
import { planRollBack } from './plan-roll-back.ts';

const keep = { service: 'backend', build: false, env: {} };

async function stack(): Promise<Core> {
  const { core } = fakeCore();
  for (const id of (await ensureStack(core)).operationIds) await endOf(core, id);
  return core;
}

describe('the plan of a deploy', () => {
  it('says what the first one makes and what is missing for it', async () => {
    const plan = await planDeploy(fakeCore().core, { service: 'gateway', build: true, env: {} });
    expect(plan.currentLabel).toBe('not deployed');
    expect(plan.impact).toBe('rebuild');
    expect(plan.checks.filter(({ ok }) => !ok).map(({ title }) => title)).toEqual([
      'backend is deployed',
    ]);
    expect(plan.gcloud).toContain('--update-secrets ADMIN_TOKEN=gateway-admin-token:latest');
  });

  it('needs a new revision but no rebuild for a variable', async () => {
    const plan = await planDeploy(await stack(), { ...keep, env: { LANES: '2', MODE: "it's" } });
    const changed = plan.rows.filter(
      ({ change, group }) => change !== 'same' && group !== 'traffic',
    );
    expect(changed.map(({ field, current, next }) => [field, current, next])).toEqual([
      ['LANES', '1', '2'],
      ['MODE', null, "it's"],
    ]);
    expect(plan.impact).toBe('revision');
    expect(plan.gcloud).toContain(String.raw`--update-env-vars 'LANES=2,MODE=it'\''s'`);
  });

  it('says what goes from where to where', async () => {
    const plan = await planDeploy(await stack(), keep);
    const traffic = plan.rows.filter(({ group }) => group === 'traffic');
    expect(traffic.map(({ field, current, next }) => [field, current, next])).toEqual([
      ['new revision', null, '100 %'],
      ['backend-00001-mem', '100 %', null],
      ['Later revisions', 'get all traffic when ready', 'get all traffic when ready'],
    ]);
    expect(plan.pin).toBeNull();
    expect(plan.cost).toBeNull();
  });

  it('shows sizes, access and what they cost, each with its effect', async () => {
    const settings = { cpu: 4, memoryMib: 2048, ingress: 'internal', public: false } as const;
    const plan = await planDeploy(await stack(), { ...keep, settings });
    const of = (field: string): unknown => plan.rows.find((row) => row.field === field);
    expect(of('CPU')).toMatchObject({ current: '2', next: '4', impact: 'revision' });
    expect(of('Memory')).toMatchObject({ next: '2048 MiB', impact: 'revision' });
    expect(of('Ingress')).toMatchObject({ next: 'internal only', impact: 'service' });
    expect(of('Public access')).toMatchObject({
      next: 'callers with the invoker role',
      impact: 'service',
    });
    expect(plan.gcloud).toContain('--cpu 4');
    expect(plan.gcloud).toContain('--ingress internal');
    expect(plan.cost).toMatchObject({ billed: false, basis: { source: 'assumed' } });
    expect(plan.cost?.nextUsd).toBeGreaterThan(plan.cost?.currentUsd ?? Infinity);
  });

  it('shows the instances of the whole service and what they cost, with their effect', async () => {
    const { core, provider } = fakeCore();
    for (const id of (await ensureStack(core)).operationIds) await endOf(core, id);
    await provider.setScaling('backend', { min: 0, max: 5, manual: null });
    const scaling = { min: 2 };
    const plan = await planDeploy(core, { ...keep, settings: { scaling } });
    const of = (field: string): unknown => plan.rows.find((row) => row.field === field);
    expect(of('Service min instances')).toMatchObject({
      current: '0',
      next: '2',
      impact: 'service',
    });
    expect(of('Service max instances')).toMatchObject({ next: '5', change: 'same' });
    expect(plan.gcloud).toContain('--min 2');
    expect(plan.cost?.nextUsd).toBeGreaterThan(plan.cost?.currentUsd ?? Infinity);
    const byHand = await planDeploy(core, { ...keep, settings: { scaling: { manual: 3 } } });
    expect(byHand.rows.find(({ field }) => field === 'Service instances')).toMatchObject({
      current: 'by load',
      next: 'exactly 3, by hand',
      impact: 'service',
    });
  });

  it('shows references to secrets as references, and looks whether they resolve', async () => {
    const { core, references } = fakeCore();
    for (const id of (await ensureStack(core)).operationIds) await endOf(core, id);
    references.remove('typo');
    const plan = await planDeploy(core, {
      ...keep,
      env: { LANES: null },
      secrets: {
        LANES: { secret: 'lanes', version: '3' },
        NEW: { secret: 'typo', version: 'latest' },
        PRINCIPAL_SECRET: null,
      },
    });
    const secrets = plan.rows.filter(({ group }) => group === 'secrets');
    expect(secrets.map(({ field, next, change, impact }) => [field, next, change, impact])).toEqual(
      [
        ['LANES', `${SECRET_MASK} (lanes:3) (changed)`, 'changed', 'revision'],
        ['NEW', `${SECRET_MASK} (typo:latest)`, 'new', 'revision'],
        ['PRINCIPAL_SECRET', null, 'removed', 'revision'],
      ],
    );
    expect(plan.gcloud).toContain('--update-secrets LANES=lanes:3,NEW=typo:latest');
    expect(plan.checks.filter(({ ok }) => !ok)).toMatchObject([
      { title: 'Its secrets resolve', detail: 'missing: NEW → typo:latest' },
    ]);
  });

  it.each([
    [{ cpu: 4, memoryMib: 1024 }, 'memoryMib: 4 CPU needs at least 2048 MiB.'],
    [{ minInstances: 9 }, 'minInstances: More instances are kept warm than may run at most.'],
    [{ timeoutSeconds: 4000 }, 'timeoutSeconds: A whole number from 1 to 3600.'],
    [{ scaling: { manual: 0 } }, 'scaling.manual: A whole number from 1 to 1000.'],
    [
      { scaling: { min: 3, max: 2 } },
      'scaling.min: More instances are kept warm than may run at most.',
    ],
  ])('refuses %j like the platform would', async (settings, message) => {
    const plan = planDeploy(await stack(), { ...keep, settings });
    await expect(plan).rejects.toMatchObject({ code: 'INVALID_INPUT', message });
  });

  it('never carries a secret value, and neither does the list of revisions (H6)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[a-z0-9]{16,32}$/u), async (secret) => {
        const core = await stack();
        const env = { DB_PASSWORD: secret, SENTRY_DSN: `https://${secret}@sentry.test/1` };
        const plan = await planDeploy(core, { ...keep, env });
        expect(JSON.stringify(plan)).not.toContain(secret);
        await endOf(core, (await deploy(core, { ...keep, env })).operationId);
        const shown = [
          await listRevisions(core, { service: 'backend' }),
          await planRollBack(core, { service: 'backend', revision: 'backend-00001-mem' }),
        ];
        expect(JSON.stringify(shown)).not.toContain(secret);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['a secret reference', 'gateway', { ADMIN_TOKEN: 'x' }],
    ['the dots that stand for a value', 'backend', { LANES: SECRET_MASK }],
  ])('refuses to overwrite %s', async (_what, service, env) => {
    const plan = planDeploy(await stack(), { service, build: false, env });
    await expect(plan).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a service that is not of the stack', async () => {
    const plan = planDeploy(fakeCore().core, { service: 'other', build: true, env: {} });
    await expect(plan).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  });
});

describe('the plan of a rollback', () => {
  it('costs traffic only and names what differs', async () => {
    const core = await stack();
    await endOf(core, (await deploy(core, { ...keep, env: { LANES: '2' } })).operationId);
    const plan = await planRollBack(core, { service: 'backend', revision: 'backend-00001-mem' });
    expect(plan.impact).toBe('traffic');
    const traffic = plan.rows.filter(({ group }) => group === 'traffic');
    expect(traffic.map(({ field, current, next }) => [field, current, next])).toEqual([
      ['backend-00001-mem', null, '100 %'],
      ['backend-00002-mem', '100 %', null],
      ['Later revisions', 'get all traffic when ready', 'get none: pinned'],
    ]);
    expect(plan.rows.find(({ field }) => field === 'LANES')).toMatchObject({
      current: '2',
      next: '1',
    });
    expect(plan.checks.every(({ ok }) => ok)).toBe(true);
  });

  it('shows why it is not allowed instead of failing', async () => {
    const plan = await planRollBack(await stack(), {
      service: 'backend',
      revision: 'backend-00001-mem',
    });
    expect(plan.checks[0]).toMatchObject({
      ok: false,
      detail: 'backend-00001-mem already gets all traffic.',
    });
  });
});

describe('the list of revisions', () => {
  it('says what each one changed', async () => {
    const core = await stack();
    await endOf(core, (await deploy(core, { ...keep, env: { LANES: '2' } })).operationId);
    const rows = await listRevisions(core, { service: 'backend' });
    expect(rows.map(({ changed }) => changed)).toEqual(['LANES 1 → 2', 'first revision']);
  });
});
