import type { Marker } from '../../../shared/domain/latency-board.ts';
import type { Operation } from '../../../shared/domain/operation.ts';

/**
 * What changed the stack, oldest first: an operation counts from the moment its traffic began to
 * move, because that is where the curves change.
 */
export function markersOf(
  operations: readonly Operation[],
  keyMarkers: readonly Marker[],
): readonly Marker[] {
  const moved = operations.flatMap((operation) => {
    const at = operation.stages.find((stage) => stage.id === 'traffic')?.startedAt ?? null;
    return at === null ? [] : [toMarker(operation, at)];
  });
  return [...moved, ...keyMarkers].sort((a, b) => a.at - b.at);
}

function toMarker({ id, kind, service, title, result }: Operation, at: number): Marker {
  return { id, at, kind, service, label: result?.revision ?? title };
}
