import type { CanarySettings } from '../../shared/domain/canary-settings.ts';
import { DEFAULT_CANARY } from '../../shared/domain/canary-settings.ts';
import type { Operation } from '../../shared/domain/operation.ts';
import { percentOf } from '../../shared/domain/traffic.ts';
import type { RevisionTraffic } from '../ports/metrics-source.ts';
import { startCanary } from '../usecases/canary/start-canary.ts';
import type { Core } from '../usecases/core.ts';
import { deploy } from '../usecases/deployments/deploy.ts';
import type { FakeCore, FakeCoreOptions } from './fake-core.ts';
import { endOf, fakeCore } from './fake-core.ts';

/** Short enough for a test to walk through. */
export const SETTINGS: CanarySettings = {
  ...DEFAULT_CANARY,
  intervalSeconds: 10,
  dwellSeconds: 20,
};

/** What each revision did in the window, by whether it is the canary. */
export type Traffic = (isCanary: boolean) => Partial<RevisionTraffic>;

export interface Rig extends FakeCore {
  /** Weights that the platform was asked for, in order. */
  readonly weights: () => Promise<number>;
}

export async function canaryRig(traffic: Traffic, options: FakeCoreOptions = {}): Promise<Rig> {
  const fake: FakeCore = fakeCore({
    ...options,
    compareRevisions: ({ revisions }) =>
      Promise.resolve({
        until: fake.clock.now(),
        revisions: revisions.map((revision, index) => measured(revision, traffic(index === 1))),
      }),
  });
  const stack = await deploy(fake.core, { service: 'gateway', build: true, env: {} });
  await endOf(fake.core, stack.operationId);
  const weights = async (): Promise<number> => {
    const { serving, latestCreatedRevision } = await fake.provider.getService('gateway');
    return percentOf(serving, latestCreatedRevision ?? '');
  };
  return { ...fake, weights };
}

function measured(revision: string, change: Partial<RevisionTraffic>): RevisionTraffic {
  const { requests = 1_000 } = change;
  return {
    revision,
    requests,
    serverErrors: 0,
    bounds: [0.01, 0.1],
    counts: [Math.round(requests * 0.9), Math.round(requests * 0.1), 0],
    p95Ms: 20,
    p99Ms: 60,
    ...change,
  };
}

export async function started(core: Core, settings = SETTINGS): Promise<string> {
  const what = { kind: 'deploy', build: false, env: { NOTE: 'new' } } as const;
  const { operationId } = await startCanary(core, { service: 'gateway', what, settings });
  return operationId;
}

/** The operation as soon as it looks like this. */
export async function until(
  core: Core,
  id: string,
  matches: (operation: Operation) => boolean,
): Promise<Operation> {
  for await (const operations of core.memory.operations.watch(AbortSignal.timeout(10_000))) {
    const operation = operations.find((candidate) => candidate.id === id);
    if (operation !== undefined && matches(operation)) return operation;
  }
  throw new Error('it never looked like that');
}

export const evaluations = ({ canary }: Operation): number => canary?.evaluations.length ?? 0;
export const logOf = ({ log }: Operation): string => log.map(({ line }) => line).join('\n');
