import type { Operation } from './operation.ts';
import type { Permission } from './revision-actions.ts';
import type { TrafficSplit } from './traffic.ts';

/**
 * May this rollback still be undone, and to which split? Until something else was asked for on the
 * same service: after that the split before it is nobody's wish any more.
 */
export function mayUndoRollBack(
  operation: Operation,
  operations: readonly Operation[],
): Permission & { readonly before?: TrafficSplit } {
  const { kind, state, result, target, service, createdAt } = operation;
  const before = result?.before;
  if (kind !== 'roll_back' || state !== 'succeeded' || before === undefined) {
    return { allowed: false, reason: `${operation.title} is no rollback that can be undone.` };
  }
  const later = operations.find(
    (other) =>
      other.target === target &&
      other.createdAt > createdAt &&
      other.state !== 'cancelled' &&
      (other.service === service || other.release !== null),
  );
  if (later === undefined) return { allowed: true, before };
  return { allowed: false, reason: `${later.title} came after it.` };
}
