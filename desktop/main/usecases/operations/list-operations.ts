import type { Operation } from '../../../shared/domain/operation.ts';
import type { Core } from '../core.ts';

/** A list shows this many operations. */
const LISTED = 50;

/** Newest first, without their logs: those come with the one that is watched. */
export function listOperations(core: Core): Operation[] {
  return withoutLogs(core.memory.operations.value);
}

export function withoutLogs(operations: readonly Operation[]): Operation[] {
  return operations.slice(0, LISTED).map((operation) => ({ ...operation, log: [] }));
}
