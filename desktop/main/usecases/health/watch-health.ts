import type { StackHealth } from '../../../shared/domain/health.ts';
import type { Core } from '../core.ts';
import { everySecond } from '../every-second.ts';
import { checkHealth } from './check-health.ts';

/** A reading at once, then one per second, and one whenever an operation moves on. */
export async function* watchHealth(
  core: Core,
  signal: AbortSignal,
): AsyncGenerator<StackHealth, void> {
  for await (const _tick of everySecond(core, signal)) yield await checkHealth(core);
}
