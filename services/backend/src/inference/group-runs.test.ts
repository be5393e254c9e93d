import fc from 'fast-check';
import { expect, it } from 'vitest';
import { groupRuns } from './group-runs.ts';

it('puts every item into exactly one run of its own length, within the limit', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 });
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 8 }), (all, maxPerRun) => {
      const runs = groupRuns(all, maxPerRun);
      const placed = runs.flat().sort((a, b) => a - b);
      expect(placed).toEqual([...all.keys()].filter((index) => all[index] !== 0));
      for (const run of runs) {
        expect(run.length).toBeLessThanOrEqual(maxPerRun);
        expect(new Set(run.map((index) => all[index])).size).toBe(1);
      }
    }),
  );
});
