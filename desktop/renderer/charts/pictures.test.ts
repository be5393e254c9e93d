import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absenceRuns } from './draw-absence.ts';
import { heatCells } from './heat-cells.ts';
import { bucketLabel } from './heat-map.tsx';
import { evenSplits, niceTop } from './nice-scale.ts';
import { placeLabels } from './place-labels.ts';
import { runsOf } from './sparkline.tsx';

describe('the top of an axis', () => {
  it.each([
    [0, 4],
    [3, 4],
    [98, 200],
    [309, 400],
    [871, 1_000],
    [0.0042, 4],
  ])('over %f with at least 4 is %f', (largest, top) => {
    expect(niceTop(largest, 4)).toBe(top);
  });

  it('leaves room for the largest value and is never far above it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (largest) => {
        const top = niceTop(largest, 0);
        return top >= largest && top <= largest * 2.2;
      }),
    );
  });

  it('stands still when there is nothing', () => {
    expect(niceTop(Number.NEGATIVE_INFINITY, 0.01)).toBe(0.01);
    expect(evenSplits(1_000, 4)).toEqual([0, 250, 500, 750, 1_000]);
  });
});

describe('words of markers', () => {
  const label = fc.record({
    x: fc.integer({ min: 0, max: 1_000 }),
    width: fc.integer({ min: 10, max: 200 }),
  });

  it('never cover each other and never leave the picture on the right', () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 12 }), (labels) => {
        const sorted = [...labels].sort((a, b) => a.x - b.x);
        const boxes = placeLabels(sorted, 1_000).flatMap((place, index) => {
          const width = sorted[index]?.width ?? 0;
          if (place === null) return [];
          const start = place.align === 'left' ? place.x : place.x - width;
          return [{ row: place.row, start, end: start + width }];
        });
        for (const box of boxes) expect(box.end).toBeLessThanOrEqual(1_000);
        boxes.forEach((one, at) => {
          for (const other of boxes.slice(at + 1)) {
            const apart = one.row !== other.row || one.end <= other.start || other.end <= one.start;
            expect(apart).toBe(true);
          }
        });
      }),
    );
  });

  it('move a row down where two changes happened close together', () => {
    const rows = placeLabels(
      [
        { x: 10, width: 80 },
        { x: 20, width: 80 },
      ],
      500,
    );
    expect(rows.map((place) => place?.row)).toEqual([0, 1]);
  });
});

describe('stretches without a value', () => {
  it('are joined by their reason', () => {
    expect(absenceRuns(['value', 'gap', 'gap', 'no_traffic', 'value', 'stale'])).toEqual([
      { state: 'gap', from: 1, to: 2 },
      { state: 'no_traffic', from: 3, to: 3 },
      { state: 'stale', from: 5, to: 5 },
    ]);
  });

  it('are never bridged by a sparkline', () => {
    expect(runsOf([1, null, null, 4, 5])).toEqual([
      { start: 0, values: [1] },
      { start: 3, values: [4, 5] },
    ]);
    expect(runsOf([null, null])).toEqual([]);
  });
});

describe('the heat map', () => {
  it('adds neighbours together without losing a request', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 40 }), (perSecond, maxColumns) => {
        const times = perSecond.map((_, index) => 5_000 + index);
        const heat = perSecond.map((count) => [0, count]);
        const window = [5_000 - 1, 5_000 + perSecond.length] as const;
        const cells = heatCells({ times, heat }, window, maxColumns);
        const total = cells.columns.reduce((sum, column) => sum + (column.counts[1] ?? 0), 0);
        expect(total).toBe(perSecond.reduce((sum, count) => sum + count, 0));
        expect(cells.columns.length).toBeLessThanOrEqual(maxColumns + 1);
      }),
    );
  });

  it('shows the buckets that are used and names their upper bounds', () => {
    const heat = [[0, 0, 0, 9, 0, 0, 0, 0, 0, 0]];
    const cells = heatCells({ times: [1], heat }, [0, 1], 10);
    expect([cells.lowest, cells.highest, cells.peak]).toEqual([2, 7, 9]);
    expect([0, 2, 9].map((index) => bucketLabel([5, 100, 2_500], index))).toEqual([
      '5',
      '2.5 s',
      'over',
    ]);
  });
});
