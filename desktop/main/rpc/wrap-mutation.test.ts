import { describe, expect, it } from 'vitest';
import { contract } from '../../shared/contract/index.ts';
import { callerOf, confirmedCall, INPUTS, mutating } from './every-mutation.conformance.ts';
import { fakeCore } from '../testing/fake-core.ts';
import { procedureNames } from './procedure-names.ts';
import { router } from './router.ts';

/** What stops something, where the usual input starts it. */
const STOPPING: Readonly<Record<string, unknown>> = {
  'stack.setSampleTraffic': { on: false, requestsPerSecond: 5 },
};

describe('every mutating procedure', () => {
  it('is named by the router too', () => {
    expect([...procedureNames(router)].sort()).toEqual([...procedureNames(contract)].sort());
    expect(mutating.length).toBeGreaterThan(9);
  });

  it.each(mutating)(
    '$name leaves exactly one audit entry, whatever its outcome',
    async ({ name }) => {
      const { core, audit } = fakeCore();
      const call = callerOf(core, name)(INPUTS[name]);
      await call.catch(() => undefined);
      await core.runner.settled();
      // An operation that the call began has an entry of its own at its end.
      const entries = (await audit.list(10)).filter(({ action }) => !action.endsWith('.finished'));
      expect(entries).toHaveLength(1);
      expect(entries[0]).toMatchObject({ action: name, actor: 'tester', target: 'local' });
    },
  );

  it.each(mutating.filter(({ meta }) => meta.changes === 'target'))(
    '$name is refused on a read-only target, and that is recorded',
    async ({ name }) => {
      const writes: string[] = [];
      const { core, audit } = fakeCore({ mode: 'read-only', onWrite: (call) => writes.push(call) });
      const call = callerOf(core, name)(INPUTS[name]);
      await expect(call).rejects.toMatchObject({ code: 'TARGET_READ_ONLY', defined: true });
      expect(await audit.list(10)).toMatchObject([{ action: name, outcome: 'refused' }]);
      expect(writes).toEqual([]);
    },
  );

  it.each(mutating.filter(({ meta }) => meta.changes === 'console'))(
    '$name is allowed on a read-only target: a way out of it, or an end of something',
    async ({ name }) => {
      const { core, audit } = fakeCore({ mode: 'read-only' });
      await callerOf(core, name)(STOPPING[name] ?? INPUTS[name]).catch(() => undefined);
      const [entry] = await audit.list(1);
      expect(entry?.detail).not.toContain('TARGET_READ_ONLY');
    },
  );
});

it('an operation on a read-only target can be stopped', async () => {
  const { core } = fakeCore({ mode: 'read-only' });
  const cancel = callerOf(core, 'operations.cancel')(INPUTS['operations.cancel']);
  await expect(cancel).rejects.toMatchObject({ code: 'OPERATION_NOT_FOUND' });
});

describe('a procedure that only reads', () => {
  it('leaves no audit entry', async () => {
    const { core, audit } = fakeCore();
    await callerOf(core, 'keys.list')(undefined);
    expect(await audit.list(10)).toEqual([]);
  });
});

describe('what is written down', () => {
  it('names the outcome and no secret', async () => {
    const { core, audit } = fakeCore();
    const created = (await callerOf(core, 'keys.create')(INPUTS['keys.create'])) as {
      secret: string;
    };
    await confirmedCall(core, 'keys.revoke')(INPUTS['keys.revoke']).catch(() => undefined);
    const env = { API_TOKEN: 'hunter2-hunter2' };
    await callerOf(core, 'deployments.deploy')({ service: 'backend', env });
    await core.runner.settled();
    const [ended, deployed, revoked, asked, made] = await audit.list(10);
    expect(asked).toMatchObject({ subject: 'k1', outcome: 'refused' });
    expect(made).toMatchObject({ subject: 'alice', outcome: 'ok' });
    expect(revoked).toMatchObject({ subject: 'k1', outcome: 'failed' });
    const operation = core.memory.operations.value[0]?.id ?? 'none';
    const detail = `env=API_TOKEN operation=${operation}`;
    expect(deployed).toMatchObject({ subject: 'backend', detail });
    expect(revoked?.detail).toMatch(/^reason=lost KEY_NOT_FOUND: /);
    expect(ended).toMatchObject({
      actor: 'console',
      action: 'deploy.finished',
      subject: 'backend',
      outcome: 'ok',
      detail: `operation=${operation} revision=backend-00001-mem`,
    });
    const everything = JSON.stringify(await audit.list(10));
    expect(everything).not.toContain(created.secret);
    expect(everything).not.toContain('hunter2');
  });

  it('is written down when the input is refused', async () => {
    const { core, audit } = fakeCore();
    await callerOf(core, 'keys.create')({ name: '' }).catch(() => undefined);
    expect(await audit.list(10)).toMatchObject([{ action: 'keys.create', outcome: 'refused' }]);
  });
});
