import type { HistogramSample } from './histogram-sample.ts';
import type { MetricType } from './parse-exposition.ts';
import type { SampleLog } from './sample-log.ts';

type Labels = Readonly<Record<string, string>>;

/** A counter, gauge or anything else that is one number per scrape. */
export interface ScalarSeries {
  readonly kind: 'scalar';
  readonly name: string;
  readonly labels: Labels;
  readonly type: MetricType;
  readonly samples: SampleLog<number>;
}

/** A classic histogram: all its buckets, its sum and its count as one series. */
export interface HistogramSeries {
  readonly kind: 'histogram';
  readonly name: string;
  /** Without `le`. */
  readonly labels: Labels;
  readonly samples: SampleLog<HistogramSample>;
}

export type MetricSeries = ScalarSeries | HistogramSeries;
