import { z } from 'zod';
import type { TrafficInput } from '../../../shared/contract/traffic.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import { splitProblem } from '../../../shared/domain/traffic.ts';
import { DomainError } from '../../ports/domain-error.ts';
import { supersedeCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import type { OperationRun, OperationSteps } from '../operations/operation-run.ts';
import { assertConsent } from './allowed.ts';
import { moveTraffic } from './move-traffic.ts';
import { assertPlanHolds } from './plan-outdated.ts';
import { pickRevision } from './read-service.ts';

export interface SplitOrder {
  readonly service: string;
  readonly shares: readonly TrafficShare[];
  readonly reason: string;
  /** The split is whatever is the latest ready revision, which the one share names. */
  readonly followsLatest?: boolean;
}

/**
 * Queues a split by hand. A canary that decides about this traffic lets go of it. Throws
 * TRAFFIC_SPLIT_INVALID, SERVICE_NOT_FOUND, REVISION_NOT_FOUND, REVISION_NOT_READY, PLAN_OUTDATED,
 * TARGET_READ_ONLY, CANCELLED and OPERATION_QUEUE_FULL.
 */
export async function setTraffic(
  core: Core,
  input: TrafficInput,
): Promise<{ operationId: string }> {
  const { service, shares, reason, etag } = input;
  const target = selectedTarget(core);
  const order: SplitOrder = { service, shares, reason };
  await assertUsable(core, order);
  await assertPlanHolds(core.ports.session.provider, service, etag);
  await assertConsent(core, target, {
    question: `Split the traffic of ${service}?`,
    consequence: `${wordsOf(shares)}. Nothing is rebuilt.`,
  });
  await supersedeCanary(
    core,
    { target: target.id, service },
    'the operator set the traffic by hand',
  );
  const operation = await core.runner.start({
    kind: 'set_traffic',
    target: target.id,
    service,
    title: `Split ${service}: ${wordsOf(shares)}`,
    order,
    steps: (run) => runSetTraffic(core, run, order),
  });
  return { operationId: operation.id };
}

/** Can this split be set? Throws what `setTraffic` throws for one that can't. */
export async function assertUsable(core: Core, { service, shares }: SplitOrder): Promise<void> {
  const problem = splitProblem(shares) ?? twice(shares);
  if (problem !== null) {
    const nextStep = 'Correct the shares.';
    throw new DomainError({ code: 'TRAFFIC_SPLIT_INVALID', message: problem, nextStep });
  }
  const { provider } = core.ports.session;
  await provider.getService(service);
  const revisions = await provider.listRevisions(service);
  for (const { revision: name, percent } of shares) {
    const { state, reason } = pickRevision(revisions, name);
    if (percent === 0 || state === 'ready' || state === 'retired') continue;
    throw new DomainError({
      code: 'REVISION_NOT_READY',
      message: `${name} can't get traffic: ${reason ?? `it is ${state}`}.`,
      nextStep: 'Give its share to a revision that is ready.',
    });
  }
}

function twice(shares: readonly TrafficShare[]): string | null {
  const names = shares.map(({ revision }) => revision);
  const name = names.find((candidate, index) => names.indexOf(candidate) !== index);
  return name === undefined ? null : `${name} stands in the split twice.`;
}

/** The steps of a split. */
export async function runSetTraffic(
  core: Core,
  run: OperationRun,
  { service, shares, reason, followsLatest = false }: SplitOrder,
): Promise<OperationResult> {
  const { provider } = run.session;
  const before = run.progress.before ?? {
    serving: servingRevision(await provider.getService(service)),
    followedLatest: false,
  };
  await run.remember({ before });
  if (reason !== '') run.log(`Reason: ${reason}`);
  const served = shares
    .filter(({ percent }) => percent > 0)
    .toSorted((a, b) => b.percent - a.percent);
  const [main, ...others] = served.map(({ revision }) => revision);
  return moveTraffic(core, run, {
    service,
    revision: main ?? '',
    besides: others,
    previous: before.serving,
    wanted: followsLatest ? { kind: 'latest' } : { kind: 'split', shares },
  });
}

const kept = z.object({
  service: z.string(),
  shares: z.array(
    z.object({ revision: z.string(), percent: z.number(), tag: z.string().nullable() }),
  ),
  reason: z.string(),
  followsLatest: z.boolean().default(false),
});

/** Goes on with a split that an earlier process began. */
export function resumeSetTraffic(core: Core, order: unknown): OperationSteps | null {
  const { data } = kept.safeParse(order);
  return data === undefined ? null : (run) => runSetTraffic(core, run, data);
}

function wordsOf(shares: readonly TrafficShare[]): string {
  return shares
    .filter(({ percent }) => percent > 0)
    .map(({ revision, percent }) => `${revision} ${String(percent)} %`)
    .join(', ');
}
