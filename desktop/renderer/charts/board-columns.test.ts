import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoardFrame, BoardUpdate } from '../../shared/domain/latency-board.ts';
import { BoardStore, lastValue } from './board-columns.ts';

function frame(times: readonly number[], value = (time: number): number => time): BoardFrame {
  const column = times.map(value);
  return {
    times,
    states: times.map(() => 'value'),
    series: {
      p50: column,
      p95: column,
      p99: column,
      requests: column,
      errors: column,
      inFlight: column,
    },
    heat: times.map((time) => [time]),
  };
}

function update(kind: BoardUpdate['kind'], points: BoardFrame): BoardUpdate {
  return {
    kind,
    frame: points,
    boundsMs: [10],
    markers: [],
    windowSeconds: 15,
    instances: 1,
    scrapedAt: 1,
  };
}

const upTo = (last: number): number[] => Array.from({ length: last + 1 }, (_, index) => index);

describe('the points of a board', () => {
  it('are replaced by a full frame and grow by appended ones', () => {
    const store = new BoardStore('5m');
    store.apply(update('full', frame(upTo(3))));
    store.apply(update('append', frame([4])));
    expect(store.columns.times).toEqual([0, 1, 2, 3, 4]);
    store.apply(update('full', frame([9])));
    expect(store.columns.times).toEqual([9]);
  });

  it('take a point again that stands already, without a second one', () => {
    const store = new BoardStore('5m');
    store.apply(update('full', frame([1, 2, 3])));
    store.apply(
      update(
        'append',
        frame([3], () => 70),
      ),
    );
    expect(store.columns.series.p99).toEqual([1, 2, 70]);
    expect(store.columns.heat).toHaveLength(3);
  });

  it('put a late point in its place', () => {
    const store = new BoardStore('5m');
    store.apply(update('full', frame([1, 2, 5])));
    store.apply(update('append', frame([3])));
    expect(store.columns.series.p50).toEqual([1, 2, 3, 5]);
  });

  it('never hold more than the range, in order, all columns equally long', () => {
    const appended = fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(appended, (times) => {
        const store = new BoardStore('5m');
        for (const time of times) store.apply(update('append', frame([time])));
        const { columns } = store;
        const sorted = [...new Set(columns.times)].sort((a, b) => a - b);
        expect(columns.times).toEqual(sorted);
        expect(columns.series.p50).toEqual(columns.times);
        expect(columns.heat).toHaveLength(columns.times.length);
        expect((columns.times.at(-1) ?? 0) - (columns.times[0] ?? 0)).toBeLessThanOrEqual(300);
      }),
    );
  });

  it('move on with the clock when no more come', () => {
    const store = new BoardStore('5m');
    store.apply(update('full', frame([1_000])));
    expect(store.window(1_001_000)).toEqual([700, 1_000]);
    expect(store.window(1_060_000)).toEqual([760, 1_060]);
  });

  it('tell who listens, and the newest value may be none', () => {
    const store = new BoardStore('5m');
    const seen: number[] = [];
    const stop = store.subscribe(() => seen.push(store.readVersion()));
    store.apply(update('full', frame([1])));
    stop();
    store.apply(update('append', { ...frame([2]), states: ['gap'], series: emptySeries }));
    expect(seen).toEqual([1]);
    expect(lastValue(store, 'p99')).toBeNull();
  });
});

const emptySeries = {
  p50: [null],
  p95: [null],
  p99: [null],
  requests: [null],
  errors: [null],
  inFlight: [null],
};
