import { describe, expect, it } from 'vitest';
import { SampleLog } from './sample-log.ts';
import { RETENTION_MS, SeriesStore } from './series-store.ts';

const labels = (instance: string): { service: string; revision: string; instance: string } => ({
  service: 'gateway',
  revision: 'r1',
  instance,
});
const ALL = { service: 'gateway', revision: null };

describe('SeriesStore', () => {
  it('forgets an instance that has not been seen for as long as it remembers', () => {
    const store = new SeriesStore();
    store.addScrape(labels('a'), 1000, 'up 1\n');
    store.endPass(1000 + RETENTION_MS, true);
    expect(store.instances(ALL)).toHaveLength(1);
    store.endPass(1001 + RETENTION_MS, true);
    expect(store.instances(ALL)).toHaveLength(0);
  });

  it('keeps a bounded number of instances, the newest', () => {
    const store = new SeriesStore();
    for (let index = 0; index < 100; index += 1) {
      store.addScrape(labels(String(index)), 1000 + index, 'up 1\n');
    }
    store.endPass(2000, true);
    const instances = store.instances(ALL).map((instance) => instance.labels.instance);
    expect(instances).toHaveLength(64);
    expect(instances.at(-1)).toBe('99');
  });

  it('does not know an instance that never answered', () => {
    const store = new SeriesStore();
    store.addFailedScrape(labels('a'), 1000);
    expect(store.instances(ALL)).toEqual([]);
  });
});

describe('SampleLog', () => {
  it('is bounded and keeps the newest', () => {
    const log = new SampleLog<number>(10);
    for (let time = 1; time <= 5_000; time += 1) log.push(time, time);
    expect(log.times.length).toBeLessThan(10 + 512);
    expect(log.values.at(-1)).toBe(5_000);
  });

  it('ignores a sample that is not newer', () => {
    const log = new SampleLog<number>(10);
    log.push(2, 1);
    log.push(2, 2);
    log.push(1, 3);
    expect(log.values).toEqual([1]);
  });
});
