import type { Service } from '../../../shared/domain/revision.ts';
import type { TrafficSplit } from '../../../shared/domain/traffic.ts';
import { isAllLatest } from '../../../shared/domain/traffic.ts';
import { mayUndoRollBack } from '../../../shared/domain/undo-roll-back.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { operationNotFound } from '../operations/operation-runner.ts';
import { assertAllowed, assertConsent } from './allowed.ts';
import type { SplitOrder } from './set-traffic.ts';
import { assertUsable, runSetTraffic } from './set-traffic.ts';

/**
 * Queues the way back from a rollback: the exact split of before it, by name or following the latest.
 * Throws OPERATION_NOT_FOUND, CONFLICT when something else was done to the service since,
 * REVISION_NOT_READY, TARGET_READ_ONLY, CANCELLED and OPERATION_QUEUE_FULL.
 */
export async function undoRollBack(
  core: Core,
  input: { readonly operationId: string },
): Promise<{ operationId: string }> {
  const target = selectedTarget(core);
  const operations = core.memory.operations.value;
  const operation = operations.find(({ id }) => id === input.operationId);
  if (operation?.target !== target.id) throw operationNotFound(input.operationId);
  const permission = mayUndoRollBack(operation, operations);
  assertAllowed(permission, 'CONFLICT');
  const { service: id, result } = operation;
  const service = await core.ports.session.provider.getService(id);
  assertStillThere(service, result?.revision ?? '');
  const before = permission.before ?? service.traffic;
  const order = orderOf(service, before);
  await assertUsable(core, order);
  await assertConsent(core, target, {
    question: `Undo the rollback of ${id}?`,
    consequence: 'Traffic goes back to the split of before it; nothing is rebuilt.',
  });
  const { id: operationId } = await core.runner.start({
    kind: 'set_traffic',
    target: target.id,
    service: id,
    title: `Undo rollback of ${id}`,
    order,
    steps: (run) => runSetTraffic(core, run, order),
  });
  return { operationId };
}

/**
 * A service that followed the latest is to follow it again, whatever is the latest ready one now; a
 * split is restored by the names that had it.
 */
function orderOf(service: Service, before: TrafficSplit): SplitOrder {
  const reason = 'undo of a rollback';
  const latest = service.latestReadyRevision;
  if (!isAllLatest(before) || latest === null) {
    return { service: service.id, shares: before.shares, reason };
  }
  const shares = [{ revision: latest, percent: 100, tag: null }];
  return { service: service.id, shares, reason, followsLatest: true };
}

/** Somebody may have moved the traffic without the console. */
function assertStillThere({ id, traffic }: Service, revision: string): void {
  const served = traffic.shares.filter(({ percent }) => percent > 0);
  if (served.length === 1 && served[0]?.revision === revision) return;
  throw new DomainError({
    code: 'CONFLICT',
    message: `The traffic of ${id} was changed since it was rolled back to ${revision}.`,
    nextStep: 'Look at what serves now and decide again.',
  });
}
