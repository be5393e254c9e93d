import { mayRollBackTo } from '../../../shared/domain/revision-actions.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { Target } from '../../../shared/domain/target.ts';
import type { TrafficSplit } from '../../../shared/domain/traffic.ts';
import { allTrafficTo } from '../../../shared/domain/traffic.ts';
import type { TargetSession } from '../../ports/target-session.ts';
import { supersedeCanary } from '../canary/command-canary.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { assertAllowed, assertConsent } from './allowed.ts';
import { findTarget } from '../targets/find-target.ts';
import { moveTraffic } from './move-traffic.ts';
import { assertPlanHolds } from './plan-outdated.ts';
import { pickRevision } from './read-service.ts';
import { assertReferencesThere } from './roll-back-checks.ts';

export interface RollBackOrder {
  readonly service: string;
  readonly revision: string;
  readonly reason: string;
  /** Of the plan that was confirmed; absent when there was none. */
  readonly etag?: string | undefined;
}

/**
 * Queues a rollback: traffic goes to a revision that exists, with no rebuild, and the public address
 * has to prove it. Throws REVISION_NOT_FOUND, SERVICE_NOT_FOUND, CONFLICT when the rule forbids it,
 * PLAN_OUTDATED, PREFLIGHT_FAILED, TARGET_READ_ONLY, CANCELLED and OPERATION_QUEUE_FULL.
 */
export async function rollBack(core: Core, order: RollBackOrder): Promise<{ operationId: string }> {
  const target = selectedTarget(core);
  const { session } = core.ports;
  await assertPlanHolds(session.provider, order.service, order.etag);
  await readForRollBack(session, target, order);
  await assertConsent(core, target, {
    question: `Roll back ${order.service} to ${order.revision}?`,
    consequence: 'All traffic moves at once; nothing is rebuilt.',
  });
  const on = { target: target.id, service: order.service };
  await supersedeCanary(core, on, `the operator rolled back to ${order.revision}`);
  const operation = await core.runner.start({
    kind: 'roll_back',
    target: target.id,
    service: order.service,
    title: `Roll back ${order.service} to ${order.revision}`,
    order: { service: order.service, revision: order.revision, reason: order.reason },
    steps: (run) => runRollBack(core, run, order),
  });
  return { operationId: operation.id };
}

/** The steps of a rollback; also of one that an earlier process began. */
export async function runRollBack(
  core: Core,
  run: OperationRun,
  order: RollBackOrder,
): Promise<OperationResult> {
  // Its traffic was asked for, or about to be, by an earlier process: the rule allowed it then.
  const { before, shift } = run.progress;
  if (shift !== null)
    return moveBack(core, run, {
      order,
      traffic: shift.before,
      previous: before?.serving ?? null,
    });
  // Read again: operations that were waiting in front of this one may have changed the service.
  const service = await readForRollBack(run.session, findTarget(core, run.target), order);
  if (order.reason !== '') run.log(`Reason: ${order.reason}`);
  const previous = servingRevision(service);
  const { traffic } = service;
  await run.remember({ before: { serving: previous, followedLatest: traffic.followsLatest } });
  return moveBack(core, run, { order, traffic, previous });
}

async function moveBack(
  core: Core,
  run: OperationRun,
  {
    order,
    traffic,
    previous,
  }: { order: RollBackOrder; traffic: TrafficSplit; previous: string | null },
): Promise<OperationResult> {
  const { service, revision } = order;
  const shares = allTrafficTo(revision, traffic.shares);
  const wanted = { kind: 'split', shares } as const;
  const result = await moveTraffic(core, run, { service, revision, previous, wanted });
  return { ...result, before: traffic };
}

async function readForRollBack(
  { provider, references }: TargetSession,
  target: Target,
  order: RollBackOrder,
): Promise<Service> {
  const [service, revisions] = await Promise.all([
    provider.getService(order.service),
    provider.listRevisions(order.service),
  ]);
  const revision = pickRevision(revisions, order.revision);
  const code =
    revision.state === 'ready' || revision.state === 'retired' ? 'CONFLICT' : 'REVISION_NOT_READY';
  assertAllowed(
    mayRollBackTo(target, service, revision),
    target.mode === 'read-only' ? 'TARGET_READ_ONLY' : code,
  );
  await assertReferencesThere(references, revision);
  return service;
}
