import type { Clock } from '../../ports/clock.ts';
import { PassBell } from '../metrics/pass-bell.ts';
import type { TargetLabels } from '../metrics/series-store.ts';
import { SeriesStore } from '../metrics/series-store.ts';
import { StoreMetricsSource } from '../metrics/store-metrics-source.ts';

/** One process in a scripted second: what it exposes, or null when its scrape fails. */
export interface ScriptedInstance extends TargetLabels {
  readonly exposition: string | null;
}

/** The real evaluation over scripted expositions: nothing is scraped, time moves by `play`. */
export class ScriptedMetricsSource extends StoreMetricsSource {
  readonly #store: SeriesStore;
  readonly #bell: PassBell;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    const store = new SeriesStore();
    const bell = new PassBell();
    super(store, bell, clock);
    this.#store = store;
    this.#bell = bell;
    this.#clock = clock;
  }

  /** One pass at the clock's time. `null`: nobody could say which instances there are. */
  play(instances: readonly ScriptedInstance[] | null): void {
    const at = this.#clock.now();
    for (const { exposition, ...labels } of instances ?? []) {
      if (exposition === null) this.#store.addFailedScrape(labels, at);
      else this.#store.addScrape(labels, at, exposition);
    }
    this.#store.endPass(at, instances !== null);
    this.#bell.ring();
  }

  /** Ends every stream. */
  close(): void {
    this.#bell.close();
  }
}
