import type { Operation } from '../../../shared/domain/operation.ts';
import { isProven, isTerminal } from '../../../shared/domain/operation.ts';

/** The operation that the panel of a service follows: the running one, else the newest. */
export function operationToFollow(
  operations: readonly Operation[],
  service: string,
): Operation | null {
  const own = operations
    .filter((operation) => operation.service === service)
    .toSorted((a, b) => b.createdAt - a.createdAt);
  // The oldest unfinished one is at work; younger ones wait behind it.
  return own.findLast((operation) => !isTerminal(operation.state)) ?? own[0] ?? null;
}

/** Is there an operation, and is it still waiting or at work? */
export function isUnfinished(operation: Operation | null): boolean {
  return operation !== null && !isTerminal(operation.state);
}

/** Elapsed milliseconds of something that began and perhaps ended; null before it began. */
export function elapsedMs(
  span: { readonly startedAt: number | null; readonly endedAt: number | null },
  now: number,
): number | null {
  return span.startedAt === null ? null : Math.max(0, (span.endedAt ?? now) - span.startedAt);
}

/**
 * The revision that "Undo" goes back to: only for the newest finished change of the service, else
 * an undo would skip what came after it.
 */
export function undoRevision(
  operation: Operation,
  operations: readonly Operation[],
): string | null {
  if (operation.state !== 'succeeded' || operation.result?.notServing === true) return null;
  const later = operations.some(
    (other) =>
      other.service === operation.service &&
      other.createdAt > operation.createdAt &&
      (other.state === 'succeeded' || !isTerminal(other.state)),
  );
  const previous = operation.result?.previousRevision ?? null;
  return later || previous === operation.result?.revision ? null : previous;
}

/** The newest verification that this console made of a revision, or null. */
export function verificationOf(
  operations: readonly Operation[],
  revision: string,
): Operation['result'] {
  const proof = operations
    .filter((operation) => operation.state === 'succeeded')
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .find(({ result }) => result?.revision === revision && isProven(result));
  return proof?.result ?? null;
}
