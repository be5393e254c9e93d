import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricRegistry } from './metric-registry.ts';

async function linesOf(registry: MetricRegistry): Promise<string[]> {
  const { body } = await registry.render();
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('MetricRegistry', () => {
  it('renders known label sets at zero, with the content type of the text format', async () => {
    const registry = new MetricRegistry();
    registry.counter({
      name: 'a_total',
      help: 'a',
      labelNames: ['reason'],
      known: [{ reason: 'x' }],
    });
    expect(await linesOf(registry)).toContain('a_total{reason="x"} 0');
    expect((await registry.render()).contentType).toContain('text/plain; version=0.0.4');
  });

  it('leaves empty labels out', async () => {
    const registry = new MetricRegistry();
    const counter = registry.counter({ name: 'a_total', help: 'a', labelNames: ['x', 'y'] });
    counter.inc({ x: '1', y: '' });
    expect(await linesOf(registry)).toContain('a_total{x="1"} 1');
  });

  it('counts what is over the cap of a metric under __other__', async () => {
    const registry = new MetricRegistry();
    const options = { name: 'a_total', help: 'a', labelNames: ['x'] as const, maxLabelSets: 2 };
    const counter = registry.counter(options);
    for (const x of ['1', '2', '3', '4', '1']) counter.inc({ x });
    const lines = await linesOf(registry);
    expect(lines).toContain('a_total{x="1"} 2');
    expect(lines).toContain('a_total{x="__other__"} 2');
    expect(lines).toContain('omni_metrics_dropped_series_total 2');
  });

  it('stays below the cap of the registry whatever labels come', async () => {
    const labels = fc.array(fc.string(), { minLength: 100, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(labels, async (values) => {
        const registry = new MetricRegistry(60);
        const histogram = registry.histogram({
          name: 'd_seconds',
          help: 'd',
          labelNames: ['x'],
          buckets: [0.1, 1],
        });
        for (const x of values) histogram.observe(0.5, { x });
        const lines = await linesOf(registry);
        expect(lines.length).toBeLessThanOrEqual(60 + 5 + 1);
        const counts = lines.filter((line) => line.startsWith('d_seconds_count'));
        const total = counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
        expect(total).toBe(values.length);
      }),
      { numRuns: 20 },
    );
  });

  it('runs collectors before each scrape', async () => {
    const registry = new MetricRegistry();
    let value = 1;
    registry.gauge({ name: 'g', help: 'g', collect: (gauge) => gauge.set(value) });
    expect(await linesOf(registry)).toContain('g 1');
    value = 2;
    expect(await linesOf(registry)).toContain('g 2');
  });

  it('drops the series of labels and gives their room to others, from zero', async () => {
    const registry = new MetricRegistry(40);
    const labelNames = ['model', 'kind'] as const;
    const runs = registry.counter({ name: 'runs_total', help: 'x', labelNames });
    const time = registry.histogram({
      name: 'time_seconds',
      help: 'x',
      labelNames: ['model'],
      buckets: [1],
    });
    for (let version = 0; version < 50; version += 1) {
      const model = `m${version}`;
      runs.inc({ model, kind: 'a' });
      runs.inc({ model, kind: 'b' }, 2);
      time.observe(0.5, { model });
      const { body } = await registry.render();
      expect(body).toContain(`runs_total{model="${model}",kind="b"} 2`);
      expect(body).toContain(`time_seconds_bucket{le="1",model="${model}"} 1`);
      expect(body.match(/model="/g)).toHaveLength(6);
      registry.drop({ model });
    }
    const { body } = await registry.render();
    expect(body).not.toContain('model=');
    expect(body).toContain('omni_metrics_dropped_series_total 0');
  });
});
