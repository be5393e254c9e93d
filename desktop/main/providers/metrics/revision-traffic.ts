import type { MeteredService } from '../../../shared/domain/latency-board.ts';
import type { RevisionComparison, RevisionTraffic } from '../../ports/metrics-source.ts';
import { BucketSum, countedBetween } from './histogram-range.ts';
import { quantileMs, selectRequests } from './request-reading.ts';
import type { SeriesStore } from './series-store.ts';

export interface RevisionQuery {
  readonly service: MeteredService;
  readonly revisions: readonly string[];
  readonly since: number;
}

/** Counts each revision's customers' requests between the same two scrapes. */
export function compareRevisions(store: SeriesStore, query: RevisionQuery): RevisionComparison {
  const until = store.horizon;
  const revisions = query.revisions.map((revision) =>
    trafficOf(store, { service: query.service, route: null, revision }, [query.since, until ?? 0]),
  );
  return { until, revisions };
}

function trafficOf(
  store: SeriesStore,
  filter: { readonly service: MeteredService; readonly route: null; readonly revision: string },
  [since, until]: readonly [number, number],
): RevisionTraffic {
  const buckets = new BucketSum();
  let serverErrors = 0;
  for (const { labels, samples } of selectRequests(store, filter).durations) {
    const counted = countedBetween(samples, since, until);
    if (counted === null) continue;
    buckets.add(counted);
    if (labels['http_response_status_code']?.startsWith('5') === true) {
      serverErrors += counted.counts.at(-1) ?? 0;
    }
  }
  const window = { requests: buckets.total, serverErrors, buckets };
  return {
    revision: filter.revision,
    requests: buckets.total,
    serverErrors,
    bounds: buckets.bounds.filter(Number.isFinite),
    counts: buckets.counts.map((count, index) => count - (buckets.counts[index - 1] ?? 0)),
    p95Ms: quantileMs(0.95, window),
    p99Ms: quantileMs(0.99, window),
  };
}
