import type { ServiceFigures } from '../../../shared/domain/latency-board.ts';
import type { Core } from '../core.ts';

/** Figures of the service cards, at 1 Hz. */
export async function* watchFigures(
  core: Core,
  signal: AbortSignal,
): AsyncGenerator<ServiceFigures[], void> {
  for await (const figures of core.ports.metrics.watchFigures(signal)) yield [...figures];
}
