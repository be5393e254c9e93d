import { describe, expect, it } from 'vitest';
import type { CanaryEvaluation, CanaryState } from '../../../shared/domain/canary.ts';
import { evaluated, moved, newCanary, started as begun } from '../../../shared/domain/canary.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { canarySplit } from '../../../shared/domain/traffic.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import { NO_PROGRESS } from '../../ports/operation-journal.ts';
import type { Rig, Traffic } from '../../testing/canary-rig.ts';
import { canaryRig, logOf, SETTINGS } from '../../testing/canary-rig.ts';
import { endOf } from '../../testing/fake-core.ts';
import { queuedOperation } from '../../testing/operation-fixture.ts';
import { stageStarted } from '../operations/operation-edits.ts';
import { resumeOperations } from '../operations/resume-operations.ts';

const NEVER = new AbortController().signal;

describe('after the console was killed', () => {
  /** A console that finds a canary in its journal, and a platform that serves `actual` % of it. */
  async function restarted(
    at: (fresh: CanaryState) => CanaryState,
    actual: number,
    traffic: Traffic = () => ({}),
  ): Promise<{ fake: Rig; operation: Operation; weights: readonly number[] }> {
    const fake = await canaryRig(traffic);
    const { provider } = fake;
    const [stable] = await provider.listRevisions('gateway');
    if (stable === undefined) throw new Error('nothing serves');
    const { template, name } = stable;
    const cut = { service: 'gateway', template, deployId: 'canary' };
    await provider.waitFor(await provider.createRevision(cut), NEVER);
    const revision = (await provider.getService('gateway')).latestCreatedRevision ?? '';
    const pair = { stable: name, canary: revision };
    const shares = canarySplit(pair, actual, []);
    await provider.waitFor(await provider.setTraffic('gateway', { kind: 'split', shares }), NEVER);
    const canary = at(begun(newCanary({ revision, stable: name }, SETTINGS)));
    await fake.journal.write(killedWith(canary));
    await resumeOperations(fake.core);
    const operation = await endOf(fake.core, 'canary');
    const weights = [...logOf(operation).matchAll(/gets (\d+) %/g)].map(([, to]) => Number(to));
    return { fake, operation, weights };
  }

  function killedWith(canary: CanaryState): JournalEntry {
    const queued: Operation = { ...queuedOperation('canary'), kind: 'canary', service: 'gateway' };
    const operation = stageStarted({ ...queued, state: 'running', canary }, 'traffic', 1);
    const what = { kind: 'revision', revision: canary.revision } as const;
    const order = { service: 'gateway', what, settings: SETTINGS };
    return { operation, order, progress: NO_PROGRESS };
  }

  const atFive = (state: CanaryState): CanaryState => moved(state, 0);
  const passed: CanaryEvaluation = {
    at: 30_000,
    percent: 5,
    windowSeconds: 30,
    samples: { stable: 500, canary: 500 },
    gates: [],
    verdict: 'pass',
    judgedBy: 'console',
    reasons: [],
  };

  it('goes on at its step, and up', async () => {
    const { operation, weights } = await restarted(atFive, 5);
    expect(operation).toMatchObject({ state: 'succeeded' });
    expect(weights).toEqual([25, 50, 100]);
  });

  it('does not take the step that was about to be taken before it is judged anew', async () => {
    const bad: Traffic = (isCanary) => ({ serverErrors: isCanary ? 100 : 0 });
    const stepping = (state: CanaryState): CanaryState => evaluated(atFive(state), passed);
    const { operation, weights } = await restarted(stepping, 5, bad);
    expect(operation).toMatchObject({ error: { code: 'CANARY_ABORTED' } });
    expect(weights).toEqual([0]);
  });

  it('counts a step that the platform had taken', async () => {
    const stepping = (state: CanaryState): CanaryState => evaluated(atFive(state), passed);
    const { weights } = await restarted(stepping, 25);
    expect(weights).toEqual([50, 100]);
  });

  it('finishes an abort whatever the numbers say now', async () => {
    const aborting = (state: CanaryState): CanaryState =>
      evaluated(atFive(state), { ...passed, verdict: 'fail', reasons: ['bad'] });
    const { fake, operation, weights } = await restarted(aborting, 5);
    expect(operation.error?.message).toContain('bad');
    expect(weights).toEqual([0]);
    expect(await fake.weights()).toBe(0);
  });

  it('keeps its hands off when somebody moved the traffic meanwhile', async () => {
    const { fake, operation, weights } = await restarted(atFive, 70);
    expect(operation).toMatchObject({
      state: 'cancelled',
      canary: { end: { kind: 'superseded' } },
    });
    expect(weights).toEqual([]);
    expect(await fake.weights()).toBe(70);
  });
});
