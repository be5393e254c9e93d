import { describe, expect, it } from 'vitest';
import type { Operation, Stage, StageId } from '../../../shared/domain/operation.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import type { WantedTraffic } from '../../ports/deployment-provider.ts';
import type { JournalEntry, Progress } from '../../ports/operation-journal.ts';
import { NO_PROGRESS } from '../../ports/operation-journal.ts';
import type { FakeCore } from '../../testing/fake-core.ts';
import { endOf, fakeCore } from '../../testing/fake-core.ts';
import { queuedOperation } from '../../testing/operation-fixture.ts';
import { stageStarted } from './operation-edits.ts';
import { resumeOperations } from './resume-operations.ts';

const { upstream: _upstream, verifyPath: _path, ...TEMPLATE } = STACK_DEFAULTS.backend;

/** What the journal holds when the console was killed in this stage. */
function killedIn(stage: StageId, of: Partial<Progress> = {}): JournalEntry {
  const operation = stageStarted(
    { ...queuedOperation('op'), state: 'running', startedAt: 1 },
    stage,
    1,
  );
  return { operation, order: null, progress: { ...NO_PROGRESS, ...of } };
}

async function resumed(fake: FakeCore, entry: JournalEntry): Promise<Operation> {
  fake.journal.writes.push(entry);
  await resumeOperations(fake.core);
  return endOf(fake.core, 'op');
}

/** The platform has been asked for a revision by the process that was killed. */
async function createRevision(fake: FakeCore, deployId = 'op'): Promise<string> {
  const template = { ...TEMPLATE, image: `memory/backend@sha256:${'1'.repeat(64)}` };
  const request = { service: 'backend', template, deployId };
  return (await fake.provider.createRevision(request)).name;
}

function allOf(revision: string): WantedTraffic {
  return { kind: 'split', shares: [{ revision, percent: 100, tag: null }] };
}

async function finished(fake: FakeCore, name: string): Promise<void> {
  const never = new AbortController().signal;
  await fake.provider.waitFor({ name, service: 'backend' }, never);
}

describe('after the console was killed', () => {
  it.each(['package', 'build'] as const)(
    'in %s nothing was asked of the platform',
    async (stage) => {
      const operation = await resumed(fakeCore(), killedIn(stage));
      expect(operation.state).toBe('interrupted');
      expect(operation.error?.message).toContain('backend is unchanged');
    },
  );

  it('while the first revision started, it is verified: it gets its traffic by itself', async () => {
    const calls: string[] = [];
    const fake = fakeCore({ startMs: 500, onWrite: (call) => calls.push(call) });
    const remoteName = await createRevision(fake);
    const operation = await resumed(fake, killedIn('ready', { remoteName }));
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    expect(operation.stages.map(({ id, state }) => `${id} ${state}`).slice(5)).toEqual([
      'ready done',
      'traffic skipped',
      'verify done',
    ]);
    expect(calls).toEqual(['createRevision']);
  });

  it('while a later revision started, it is named and its traffic is not moved', async () => {
    const calls: string[] = [];
    const fake = fakeCore({ startMs: 500, onWrite: (call) => calls.push(call) });
    await finished(fake, await createRevision(fake, 'earlier'));
    const remoteName = await createRevision(fake);
    const operation = await resumed(fake, killedIn('ready', { remoteName }));
    expect(operation.state).toBe('interrupted');
    expect(operation.error?.message).toContain('backend-00002-mem was created and is ready');
    expect(operation.stages.find(({ id }) => id === 'ready')?.state).toBe('cancelled');
    expect(calls).toEqual(['createRevision', 'createRevision']);
  });

  it('while a revision failed, the platform says why', async () => {
    const fake = fakeCore({ failure: () => 'no such image' });
    const remoteName = await createRevision(fake);
    const operation = await resumed(fake, killedIn('ready', { remoteName }));
    expect(operation.error).toMatchObject({ code: 'REVISION_NOT_READY' });
    expect(operation.error?.message).toContain('no such image');
  });

  it('before it knew the name of the remote operation, the outcome is left open', async () => {
    const operation = await resumed(fakeCore(), killedIn('revision'));
    expect(operation.state).toBe('interrupted');
    expect(operation.error?.nextStep).toContain('Look at the revisions');
  });

  it('while traffic moved, what really serves is verified and the operation succeeds', async () => {
    const calls: string[] = [];
    const fake = fakeCore({ onWrite: (call) => calls.push(call) });
    await createRevision(fake);
    await fake.provider.listServices();
    const revision = 'backend-00001-mem';
    const operation = await resumed(fake, killedIn('traffic', { revision }));
    expect(operation.state).toBe('succeeded');
    expect(operation.result).toMatchObject({ revision, verifiedAnswers: 20 });
    expect(calls).toEqual(['createRevision']);
  });

  it('while traffic was to move to a revision that does not serve, nothing is moved again', async () => {
    const fake = fakeCore();
    await createRevision(fake);
    await fake.provider.listServices();
    const operation = await resumed(fake, killedIn('traffic', { revision: 'backend-00009-mem' }));
    expect(operation.state).toBe('interrupted');
    expect(operation.error?.message).toContain('but backend-00001-mem serves');
  });

  describe('before its change of traffic was there', () => {
    const [first, second] = ['backend-00001-mem', 'backend-00002-mem'] as const;
    const wanted = allOf(first);

    /** The second serves; the console was killed while it asked for the first. */
    async function killedAsking(fake: FakeCore): Promise<JournalEntry> {
      await finished(fake, await createRevision(fake, 'first'));
      await finished(fake, await createRevision(fake, 'second'));
      await fake.provider.setTraffic('backend', allOf(second));
      const { traffic } = await fake.provider.getService('backend');
      const entry = killedIn('traffic', { revision: first, shift: { wanted, before: traffic } });
      const createdAt = fake.core.ports.clock.now();
      const operation: Operation = { ...entry.operation, kind: 'roll_back', createdAt };
      return { ...entry, operation, order: { service: 'backend', revision: first, reason: '' } };
    }

    it('it is asked for', async () => {
      const fake = fakeCore();
      const operation = await resumed(fake, await killedAsking(fake));
      expect(operation).toMatchObject({ state: 'succeeded', error: null });
    });

    it('what arrives late, between look and write, is taken for its own', async () => {
      const fake = fakeCore();
      const entry = await killedAsking(fake);
      fake.provider.conflictOnNextWrite(wanted);
      const operation = await resumed(fake, entry);
      expect(operation).toMatchObject({ state: 'succeeded', error: null });
      expect(operation.result).toMatchObject({ revision: first, verifiedAnswers: 20 });
    });

    it('what somebody else does then is left alone', async () => {
      const fake = fakeCore();
      const entry = await killedAsking(fake);
      fake.provider.conflictOnNextWrite({ kind: 'latest' });
      const operation = await resumed(fake, entry);
      expect(operation).toMatchObject({ state: 'failed', error: { code: 'CONFLICT' } });
      const { traffic } = await fake.provider.getService('backend');
      expect(traffic.followsLatest).toBe(true);
    });
  });

  it('waits for a platform that comes back', async () => {
    const fake = fakeCore({ hurried: false });
    const remoteName = await createRevision(fake);
    fake.provider.becomeUnreachable('starting');
    const ending = resumed(fake, killedIn('ready', { remoteName }));
    await expect.poll(() => fake.clock.sleeping).toBe(1);
    fake.provider.becomeUnreachable(null);
    await fake.clock.advance(500);
    expect((await ending).state).toBe('succeeded');
  });

  it('gives up on a platform that stays away', async () => {
    const fake = fakeCore();
    const remoteName = await createRevision(fake);
    fake.provider.becomeUnreachable('gone');
    const operation = await resumed(fake, killedIn('ready', { remoteName }));
    expect(operation).toMatchObject({
      state: 'interrupted',
      error: { code: 'TARGET_UNREACHABLE' },
    });
  });

  it('a stage whose end was not written down ends where the next one begins', async () => {
    const image = `memory/backend@sha256:${'2'.repeat(64)}`;
    const order = { service: 'backend', build: true, env: {}, after: null };
    const fake = fakeCore();
    const killed = killedIn('build', { image });
    const createdAt = fake.core.ports.clock.now();
    const entry = { ...killed, operation: { ...killed.operation, createdAt }, order };
    const { state, restarted, stages } = await resumed(fake, entry);
    expect({ state, restarted }).toEqual({ state: 'succeeded', restarted: true });
    const stage = (id: StageId): Stage | undefined => stages.find((one) => one.id === id);
    expect(stage('build')).toMatchObject({ state: 'done', detail: null });
    expect(stage('build')?.endedAt).toBe(stage('revision')?.startedAt);
    expect(stage('push')?.state).toBe('skipped');
  });

  it('shows what had ended as it ended', async () => {
    const fake = fakeCore();
    const done: Operation = { ...queuedOperation('done'), state: 'succeeded' };
    fake.journal.writes.push({ operation: done, order: null, progress: NO_PROGRESS });
    await resumeOperations(fake.core);
    expect(fake.core.memory.operations.value).toEqual([done]);
  });
});
