import type {
  KeyUsage,
  MeteredService,
  RouteRow,
  ServiceFigures,
} from '../../../shared/domain/latency-board.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  BoardReading,
  MeasuredUsage,
  MetricsSource,
  RevisionComparison,
} from '../../ports/metrics-source.ts';
import type { BoardQuery } from './board-points.ts';
import { readKeyUsage } from './key-usage.ts';
import { readUsage } from './measured-usage.ts';
import type { PassBell } from './pass-bell.ts';
import { isCustomerRoute, REQUEST_DURATION } from './request-reading.ts';
import type { RevisionQuery } from './revision-traffic.ts';
import { compareRevisions } from './revision-traffic.ts';
import { RouteTable } from './route-rows.ts';
import type { SeriesStore } from './series-store.ts';
import { FiguresReader } from './service-figures.ts';
import { StandingBoard } from './standing-board.ts';

const SERVICES: readonly MeteredService[] = ['gateway', 'backend'];

/** Answers every question from a store; whoever fills it rings the bell after each pass. */
export class StoreMetricsSource implements MetricsSource {
  readonly #store: SeriesStore;
  readonly #bell: PassBell;
  readonly #clock: Clock;
  readonly #tables: Readonly<Record<MeteredService, RouteTable>>;

  constructor(store: SeriesStore, bell: PassBell, clock: Clock) {
    this.#store = store;
    this.#bell = bell;
    this.#clock = clock;
    this.#tables = {
      gateway: new RouteTable(store, 'gateway'),
      backend: new RouteTable(store, 'backend'),
    };
  }

  async *watchBoard(
    query: BoardQuery,
    signal: AbortSignal,
  ): AsyncGenerator<BoardReading, void, undefined> {
    const board = new StandingBoard(this.#store, query);
    for await (const _ of this.#bell.rings(signal)) yield board.read(this.#clock.now());
  }

  async *watchFigures(
    signal: AbortSignal,
  ): AsyncGenerator<readonly ServiceFigures[], void, undefined> {
    const readers = SERVICES.map((service) => new FiguresReader(this.#store, service));
    for await (const _ of this.#bell.rings(signal)) {
      yield readers.map((reader) => reader.read(this.#clock.now()));
    }
  }

  routes(service: MeteredService): Promise<readonly RouteRow[]> {
    return Promise.resolve(this.#tables[service].read(this.#clock.now()));
  }

  filters(
    service: MeteredService,
  ): Promise<{ readonly routes: readonly string[]; readonly revisions: readonly string[] }> {
    const filter = { service, revision: null };
    const routes = this.#store
      .histograms(filter, REQUEST_DURATION)
      .map(({ labels }) => labels['http_route'] ?? '')
      .filter(isCustomerRoute);
    const revisions = this.#store.instances(filter).map(({ labels }) => labels.revision);
    return Promise.resolve({
      routes: [...new Set(routes)].sort(),
      revisions: [...new Set(revisions)].sort().reverse(),
    });
  }

  compareRevisions(query: RevisionQuery): Promise<RevisionComparison> {
    return Promise.resolve(compareRevisions(this.#store, query));
  }

  keyUsage(): Promise<readonly KeyUsage[]> {
    return Promise.resolve(readKeyUsage(this.#store, this.#clock.now()));
  }

  usage(service: MeteredService): Promise<MeasuredUsage | null> {
    return Promise.resolve(readUsage(this.#store, service));
  }
}
