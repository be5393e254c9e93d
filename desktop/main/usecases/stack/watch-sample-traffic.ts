import type { SampleTraffic } from '../../../shared/contract/stack.ts';
import type { Core } from '../core.ts';

/** Counters move with every request; the page gets them at most this often. */
const COALESCE_MS = 500;

export async function* watchSampleTraffic(
  core: Core,
  signal: AbortSignal,
): AsyncGenerator<SampleTraffic, void> {
  for await (const sample of core.memory.sampleTraffic.watch(signal)) {
    yield sample;
    // The switch itself shows at once by the mutation's own answer; an abort ends the loop above.
    await core.ports.clock.sleep(COALESCE_MS, signal).catch(() => undefined);
  }
}
