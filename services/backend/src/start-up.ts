import type { GaugeMetric } from '@omni/kit/metric-registry.ts';
import type { PhaseDuration } from './inference/lane-protocol.ts';

/**
 * What the start of this process took. `port` and `ready` count from the process start; the phases
 * of the lane lie between them.
 */
export class StartUp {
  readonly #gauge: GaugeMetric<'phase'>;
  readonly #phases: PhaseDuration[] = [];
  #complete = false;

  constructor(gauge: GaugeMetric<'phase'>) {
    this.#gauge = gauge;
  }

  note(phase: string, ms: number): void {
    this.#phases.push({ phase, ms: Math.round(ms * 10) / 10 });
    this.#gauge.set(ms / 1_000, { phase });
  }

  /** Notes the first model's load and that the service is ready; later loads are not the start. */
  complete(lanePhases: readonly PhaseDuration[]): boolean {
    if (this.#complete) return false;
    this.#complete = true;
    for (const { phase, ms } of lanePhases) this.note(`lane ${phase}`, ms);
    this.note('ready', performance.now());
    return true;
  }

  get phases(): readonly PhaseDuration[] {
    return this.#phases;
  }
}
