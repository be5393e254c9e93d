import { describe, expect, it } from 'vitest';
import { ExpositionError } from './parse-exposition.ts';
import { TargetIngest } from './target-ingest.ts';

const HISTOGRAM = (counts: readonly number[], bounds = ['0.1', '1', '+Inf']): string =>
  [
    '# TYPE h histogram',
    ...counts.map(
      (count, index) => `h_bucket{route="/",le="${bounds[index] ?? ''}"} ${String(count)}`,
    ),
    `h_sum{route="/"} 1.5`,
    `h_count{route="/"} ${String(counts.at(-1) ?? 0)}`,
    '',
  ].join('\n');

const open = (maxSeries = 100): TargetIngest => new TargetIngest({ maxSeries, maxSamples: 10 });

describe('TargetIngest', () => {
  it('makes one series of a histogram', () => {
    const ingest = open();
    ingest.ingest(HISTOGRAM([1, 2, 3]), 1000, null);
    expect(ingest.names()).toEqual(['h']);
    const [series] = ingest.seriesOf('h');
    expect(series).toMatchObject({ kind: 'histogram', labels: { route: '/' } });
    expect(series?.samples.values[0]).toEqual({
      bounds: [0.1, 1, Infinity],
      counts: [1, 2, 3],
      sum: 1.5,
      resets: 0,
    });
  });

  it('takes the same bound in two spellings for one bucket', () => {
    const ingest = open();
    ingest.ingest(HISTOGRAM([1, 2, 3], ['1', '1.0', '+Inf']), 1000, null);
    expect(ingest.seriesOf('h')[0]?.samples.values[0]).toMatchObject({
      bounds: [1, Infinity],
      counts: [3, 3],
    });
  });

  it('does not depend on the order of the buckets', () => {
    const ingest = open();
    ingest.ingest(HISTOGRAM([3, 1, 2], ['+Inf', '0.1', '1']), 1000, null);
    expect(ingest.seriesOf('h')[0]?.samples.values[0]).toMatchObject({ counts: [1, 2, 3] });
  });

  it('keeps an unchanged histogram as the same object and counts resets', () => {
    const ingest = open();
    [1, 1, 2, 0].forEach((count, index) => {
      ingest.ingest(HISTOGRAM([count, count, count]), 1000 * (index + 1), null);
    });
    const values = ingest.seriesOf('h')[0]?.samples.values ?? [];
    expect(values[1]).toBe(values[0]);
    expect(values.map((sample) => (typeof sample === 'object' ? sample.resets : NaN))).toEqual([
      0, 0, 0, 1,
    ]);
  });

  it('starts a counter at zero when it appears on a target that was known without it', () => {
    const ingest = open();
    ingest.ingest('# TYPE a counter\na 5\n', 1000, null);
    ingest.ingest(
      '# TYPE a counter\na 5\n# TYPE b counter\nb 2\n# TYPE g gauge\ng 7\n',
      2000,
      1000,
    );
    expect(ingest.seriesOf('a')[0]?.samples.values).toEqual([5, 5]);
    expect(ingest.seriesOf('b')[0]?.samples).toMatchObject({ times: [1000, 2000], values: [0, 2] });
    expect(ingest.seriesOf('g')[0]?.samples.values).toEqual([7]);
  });

  it('adds no sample of an exposition that is malformed anywhere', () => {
    const ingest = open();
    expect(() => {
      ingest.ingest('a 1\nb{c=d} 2\n', 1000, null);
    }).toThrow(ExpositionError);
    expect(ingest.seriesOf('a')[0]?.samples.times ?? []).toEqual([]);
  });

  it('refuses exemplars, which were not asked for', () => {
    expect(() => {
      open().ingest('a{b="c"} 1 # {trace="x"} 1\n', 1000, null);
    }).toThrow('line 1: the labels are malformed');
  });

  it('keeps at most so many series and says how many it dropped', () => {
    const ingest = open(2);
    ingest.ingest('a 1\nb 1\nc 1\nd 1\n', 1000, null);
    expect(ingest.names()).toEqual(['a', 'b']);
    expect(ingest.dropped).toBe(2);
  });
});
