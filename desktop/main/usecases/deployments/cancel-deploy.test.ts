import { describe, expect, it } from 'vitest';
import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import type { Core } from '../core.ts';
import { cancelOperation } from '../operations/cancel-operation.ts';
import { deploy } from './deploy.ts';
import { rollBack } from './roll-back.ts';

const first: DeployInput = { service: 'backend', build: true, env: {} };

async function deployed(core: Core): Promise<string> {
  const operation = await endOf(core, (await deploy(core, first)).operationId);
  expect(operation.error).toBeNull();
  return operation.result?.revision ?? '';
}

/** A service on its first revision, and a second deploy that is cancelled while it starts. */
async function cancelledWhileStarting(
  failure: () => string | null = () => null,
  before: (core: Core, good: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<{ fake: FakeCore; good: string; operation: Operation }> {
  let begun = false;
  let cancel = false;
  const fake = fakeCore({
    failure: () => (begun ? failure() : null),
    onWrite: (call) => {
      const id = fake.core.memory.operations.value[0]?.id ?? '';
      if (cancel && call === 'createRevision') {
        begun = true;
        cancel = false;
        fake.core.runner.cancel(id).catch(() => undefined);
      }
    },
  });
  const good = await deployed(fake.core);
  await before(fake.core, good);
  cancel = true;
  const second = { ...first, pinned: 'resume' } as const;
  const operation = await endOf(fake.core, (await deploy(fake.core, second)).operationId);
  return { fake, good, operation };
}

describe('cancelling', () => {
  it('stops a build and leaves the serving revision alone', async () => {
    const { core, provider, audit } = fakeCore({
      buildWork: (signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true }),
        ),
    });
    const { operationId } = await deploy(core, first);
    await runningStage(core, operationId, 'build');
    expect((await cancelOperation(core, { id: operationId })).state).toBe('cancelling');
    const operation = await endOf(core, operationId);
    expect(operation.state).toBe('cancelled');
    expect(operation.error).toBeNull();
    expect(await audit.list(1)).toMatchObject([
      { action: 'deploy.finished', outcome: 'cancelled' },
    ]);
    expect(operation.stages.find(({ id }) => id === 'build')?.state).toBe('cancelled');
    expect(await provider.listServices()).toEqual([]);
  });

  it('ends a waiting operation at once', async () => {
    const { core } = fakeCore({
      buildWork: () => new Promise((resolve) => setTimeout(resolve, 20)),
    });
    const running = await deploy(core, first);
    const waiting = await deploy(core, first);
    expect((await cancelOperation(core, { id: waiting.operationId })).state).toBe('cancelled');
    expect((await endOf(core, running.operationId)).state).toBe('succeeded');
  });

  it('is refused once a first revision was asked for: it gets its traffic by itself', async () => {
    let refusal: Promise<unknown> | undefined;
    const { core } = fakeCore({
      onWrite: (call) => {
        const id = core.memory.operations.value[0]?.id ?? '';
        if (call !== 'createRevision') return;
        refusal = cancelOperation(core, { id }).catch((error: unknown) => error);
      },
    });
    await deployed(core);
    expect(await refusal).toMatchObject({ code: 'CONFLICT' });
  });

  it('while the revision starts leaves the service following its latest, which is not that one', async () => {
    const { fake, good, operation } = await cancelledWhileStarting();
    expect(operation).toMatchObject({ state: 'cancelled', error: null });
    expect(operation.log.at(-1)?.line).toBe(
      `backend follows its latest revision again: backend-00003-mem, the same as ${good}.`,
    );
    const service = await fake.provider.getService('backend');
    expect(service.traffic.followsLatest).toBe(true);
    expect(service.serving.shares).toMatchObject([{ revision: 'backend-00003-mem', percent: 100 }]);
    const [covering, , kept] = await fake.provider.listRevisions('backend');
    expect(covering?.template).toEqual(kept?.template);
  });

  it('while a revision that fails starts makes nothing and leaves the service following', async () => {
    const { fake, good, operation } = await cancelledWhileStarting(() => 'no such image');
    expect(operation.state).toBe('cancelled');
    const service = await fake.provider.getService('backend');
    expect(service.traffic.followsLatest).toBe(true);
    expect(service.serving.shares).toMatchObject([{ revision: good, percent: 100 }]);
    expect(await fake.provider.listRevisions('backend')).toHaveLength(2);
  });

  it('leaves a service pinned that was pinned before', async () => {
    const pin = async (core: Core, revision: string): Promise<void> => {
      await deployed(core);
      const { operationId } = await rollBack(core, { service: 'backend', revision, reason: '' });
      await endOf(core, operationId);
    };
    const { fake, good, operation } = await cancelledWhileStarting(() => null, pin);
    expect(operation.log.at(-1)?.line).toContain(`backend stays pinned to ${good}`);
    expect((await fake.provider.getService('backend')).traffic.followsLatest).toBe(false);
    expect(await fake.provider.listRevisions('backend')).toHaveLength(3);
  });

  it('refuses once traffic moves', async () => {
    const { core } = fakeCore({
      hurried: true,
      onWrite: (call) => call === 'setTraffic' && tooLate(),
    });
    let refusal: unknown;
    const { operationId } = await deploy(core, first);
    function tooLate(): void {
      cancelOperation(core, { id: operationId }).catch((error: unknown) => (refusal = error));
    }
    expect((await endOf(core, operationId)).state).toBe('succeeded');
    expect(refusal).toMatchObject({ code: 'CONFLICT' });
  });
});

async function runningStage(core: Core, id: string, stage: string): Promise<void> {
  for await (const operations of core.memory.operations.watch(AbortSignal.timeout(5000))) {
    const operation = operations.find((candidate) => candidate.id === id);
    if (operation?.stages.some((each) => each.id === stage && each.state === 'running')) return;
  }
  throw new Error(`${stage} never ran`);
}
