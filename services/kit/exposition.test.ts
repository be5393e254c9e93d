import { Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiate } from './exposition.ts';
import { MetricRegistry } from './metric-registry.ts';

const OPEN_METRICS = 'application/openmetrics-text';
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Samples by series; labels sorted, so that their order does not matter. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const split = line.lastIndexOf('}') + 1 || line.indexOf(' ');
    const series = line.slice(0, split);
    const labels = [...series.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((match) => match[0]);
    const name = series.replace(/\{.*/s, '');
    found.set(`${name}{${labels.sort().join(',')}}`, Number(line.slice(split)));
  }
  return found;
}

describe('the text format', () => {
  it('is what the client library of Prometheus writes, for any labels and values', async () => {
    const observation = fc.record({
      // A missing label is left out by both; an empty one only by us.
      label: fc.string({ minLength: 1, maxLength: 8 }),
      value: fc.double({ noNaN: true, min: -1e9, max: 1e9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(observation, { maxLength: 40 }), async (observations) => {
        // Not -1: the library takes that bound for its own "above all bounds".
        const buckets = [-2.5, 0, 0.5, 1e6];
        const ours = new MetricRegistry();
        const theirs = new Registry();
        const options = { help: 'h', labelNames: ['x'] as const };
        const counter = ours.counter({ name: 'c_total', ...options });
        const gauge = ours.gauge({ name: 'g', ...options });
        const histogram = ours.histogram({ name: 'h_seconds', ...options, buckets });
        const registers = [theirs];
        const peers = {
          counter: new Counter({ name: 'c_total', ...options, registers }),
          gauge: new Gauge({ name: 'g', ...options, registers }),
          histogram: new Histogram({ name: 'h_seconds', ...options, buckets, registers }),
        };
        for (const { label: x, value } of observations) {
          counter.inc({ x }, Math.abs(value));
          peers.counter.inc({ x }, Math.abs(value));
          gauge.set(value, { x });
          peers.gauge.set({ x }, value);
          histogram.observe(value, { x });
          peers.histogram.observe({ x }, value);
        }
        const written = samples((await ours.render()).body);
        written.delete('omni_metrics_dropped_series_total{}');
        expect(written).toEqual(samples(await theirs.metrics()));
      }),
      { numRuns: 100 },
    );
  });
});

describe('OpenMetrics', () => {
  it('names counters, bounds, exemplars and its end as the specification says', async () => {
    const registry = new MetricRegistry();
    registry.counter({ name: 'a_total', help: 'Says "a"' }).inc({}, 2);
    const histogram = registry.histogram({ name: 'd_seconds', help: 'd', buckets: [0.5, 1] });
    histogram.observeAt(histogram.handle(), 0.7, TRACEPARENT);
    histogram.observeAt(histogram.handle(), 0.8, TRACEPARENT.replace('4bf9', 'ffff'));
    const { body, contentType } = await registry.render(`${OPEN_METRICS};version=1.0.0`);
    expect(contentType).toBe(`${OPEN_METRICS}; version=1.0.0; charset=utf-8`);
    expect(body).toContain('# HELP a Says \\"a\\"\n# TYPE a counter\na_total 2\n');
    expect(body).toContain('d_seconds_bucket{le="0.5"} 0\n');
    expect(body).toMatch(
      /d_seconds_bucket\{le="1\.0"\} 2 # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} 0\.7 \d{10}\.\d{3}\n/,
    );
    expect(body).toContain('d_seconds_bucket{le="+Inf"} 2\n');
    expect(body.endsWith('\n# EOF\n')).toBe(true);
  });

  it('shows a newer exemplar at the next scrape, and none in the other format', async () => {
    const registry = new MetricRegistry();
    const histogram = registry.histogram({ name: 'd_seconds', help: 'd', buckets: [1] });
    histogram.observeAt(histogram.handle(), 0.1, TRACEPARENT);
    expect((await registry.render()).body).not.toContain('trace_id');
    await registry.render(OPEN_METRICS);
    histogram.observeAt(histogram.handle(), 0.2, TRACEPARENT.replace('4bf9', 'ffff'));
    expect((await registry.render(OPEN_METRICS)).body).toContain('trace_id="ffff2f35');
  });
});

describe('negotiate', () => {
  it.each([
    [undefined, 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/plain;version=0.0.4', 'prometheus'],
    [OPEN_METRICS, 'openmetrics'],
    [`${OPEN_METRICS};version=1.0.0;q=0.5,text/plain;q=0.9`, 'prometheus'],
    [`${OPEN_METRICS};q=0`, 'prometheus'],
    [
      `${OPEN_METRICS};version=1.0.0;q=0.8,${OPEN_METRICS};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
      'openmetrics',
    ],
  ])('%s', (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });
});
