import type { Marker } from '../../../shared/domain/latency-board.ts';
import type { Operation, OperationKind } from '../../../shared/domain/operation.ts';

/** New code, or traffic given to code that was there. */
const MARKER_OF: Readonly<Record<OperationKind, Marker['kind']>> = {
  deploy: 'deploy',
  canary: 'deploy',
  release: 'deploy',
  switch_upstream: 'deploy',
  roll_back: 'roll_back',
  set_traffic: 'roll_back',
  release_roll_back: 'roll_back',
};

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
  return { id, at, kind: MARKER_OF[kind], service, label: result?.revision ?? title };
}
