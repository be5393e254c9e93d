import { mayRollBackTo } from '../../../shared/domain/revision-actions.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { allTrafficTo } from '../../../shared/domain/traffic.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { assertAllowed, assertConsent } from './allowed.ts';
import { moveTraffic } from './move-traffic.ts';
import { pickRevision } from './read-service.ts';

export interface RollBackOrder {
  readonly service: string;
  readonly revision: string;
  readonly reason: string;
}

/**
 * Queues a rollback: traffic goes to a revision that exists, with no rebuild, and the public address
 * has to prove it. Throws REVISION_NOT_FOUND, SERVICE_NOT_FOUND, CONFLICT when the rule forbids it,
 * TARGET_READ_ONLY, CANCELLED and OPERATION_QUEUE_FULL.
 */
export async function rollBack(core: Core, order: RollBackOrder): Promise<{ operationId: string }> {
  await readForRollBack(core, order);
  await assertConsent(core, {
    question: `Roll back ${order.service} to ${order.revision}?`,
    consequence: 'All traffic moves at once; nothing is rebuilt.',
  });
  const operation = await core.runner.start({
    kind: 'roll_back',
    target: selectedTarget(core).id,
    service: order.service,
    title: `Roll back ${order.service} to ${order.revision}`,
    steps: (run) => runRollBack(core, run, order),
  });
  return { operationId: operation.id };
}

async function runRollBack(
  core: Core,
  run: OperationRun,
  order: RollBackOrder,
): Promise<OperationResult> {
  // Read again: operations that were waiting in front of this one may have changed the service.
  const service = await readForRollBack(core, order);
  if (order.reason !== '') run.log(`Reason: ${order.reason}`);
  return moveTraffic(core, run, {
    service: order.service,
    revision: order.revision,
    previous: servingRevision(service),
    wanted: { kind: 'split', shares: allTrafficTo(order.revision, service.traffic.shares) },
  });
}

async function readForRollBack(
  core: Core,
  order: RollBackOrder,
): Promise<Awaited<ReturnType<typeof core.ports.session.provider.getService>>> {
  const { provider } = core.ports.session;
  const [service, revisions] = await Promise.all([
    provider.getService(order.service),
    provider.listRevisions(order.service),
  ]);
  const revision = pickRevision(revisions, order.revision);
  const code =
    revision.state === 'ready' || revision.state === 'retired' ? 'CONFLICT' : 'REVISION_NOT_READY';
  const target = selectedTarget(core);
  assertAllowed(
    mayRollBackTo(target, service, revision),
    target.mode === 'read-only' ? 'TARGET_READ_ONLY' : code,
  );
  return service;
}
