import type { BoardQuery } from '../../../shared/contract/metrics.ts';
import type { BoardUpdate, Marker } from '../../../shared/domain/latency-board.ts';
import { BOARD_RANGES } from '../../../shared/domain/latency-board.ts';
import type { Core } from '../core.ts';
import { markersOf } from './markers-of.ts';

/** The board's readings with what changed the stack drawn into them. */
export async function* watchBoard(
  core: Core,
  query: BoardQuery,
  signal: AbortSignal,
): AsyncGenerator<BoardUpdate, void> {
  const rangeMs = BOARD_RANGES[query.range].seconds * 1000;
  for await (const reading of core.ports.metrics.watchBoard(query, signal)) {
    yield { ...reading, markers: recentMarkers(core, rangeMs) };
  }
}

function recentMarkers(core: Core, rangeMs: number): readonly Marker[] {
  const since = core.ports.clock.now() - rangeMs;
  const { operations, keyMarkers } = core.memory;
  return markersOf(operations.value, keyMarkers.value).filter((marker) => marker.at >= since);
}
