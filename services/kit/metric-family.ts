export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** One label set of a family: where its values begin and how its labels are written. */
export interface SeriesSet {
  /** Rendered labels without braces, escaped; '' for none. */
  readonly labels: string;
  /** Index of the first cell; for a histogram the buckets follow, then `+Inf`, then the sum. */
  readonly cell: number;
}

/** A metric with all its label sets. */
export interface Family {
  readonly kind: MetricKind;
  readonly name: string;
  readonly help: string;
  /** Upper bounds of a histogram without `+Inf`; empty for the others. */
  readonly bounds: readonly number[];
  readonly sets: SeriesSet[];
}

/** The last request that fell into a bucket since the last exposition that showed exemplars. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  readonly atMs: number;
}

/** `a="1",b="2"` in the order of the names; empty values are left out. */
export function writeLabels(
  names: readonly string[],
  labels: Readonly<Record<string, string | undefined>>,
): string {
  const pairs: string[] = [];
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== '') pairs.push(`${name}="${escapeLabel(value)}"`);
  }
  return pairs.join(',');
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
