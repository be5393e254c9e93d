import { describe, expect, it } from 'vitest';
import { seeded } from '../../testing/simulated-overload.ts';
import { applyHead } from './apply-head.ts';
import type { TrainingSet } from './train-head.ts';
import { trainHead } from './train-head.ts';

const DIMS = 32;

/** Unit vectors around one direction a class. */
function clouds(seed: number, counts: readonly number[], spread: number): TrainingSet {
  const random = seeded(seed);
  const vectors: Float32Array[] = [];
  const labels: number[] = [];
  counts.forEach((count, label) => {
    for (let i = 0; i < count; i += 1) {
      const raw = Array.from({ length: DIMS }, (_, d) => {
        return (d === label ? 1 : 0) + spread * (random() - 0.5);
      });
      const norm = Math.hypot(...raw);
      vectors.push(Float32Array.from(raw, (value) => value / norm));
      labels.push(label);
    }
  });
  return { vectors, labels, classes: counts.length };
}

function labelsOf(set: TrainingSet, head: ReturnType<typeof trainHead>): number[] {
  const odds = applyHead({ vectors: set.vectors, head });
  return odds.map((row) => row.indexOf(Math.max(...row)));
}

describe('a head', () => {
  it('learns classes from a few examples each, also when one has many more', () => {
    for (const seed of [1, 2, 3]) {
      const head = trainHead(clouds(seed, [4, 4, 30], 0.5));
      const fresh = clouds(seed + 100, [20, 20, 20], 0.5);
      const found = labelsOf(fresh, head);
      const right = found.filter((label, i) => label === fresh.labels[i]).length;
      expect(right / found.length).toBeGreaterThan(0.95);
      expect(head.accuracy).toBeGreaterThan(0.9);
    }
  });

  it('says by cross-validation that it learned nothing where there is nothing to learn', () => {
    const set = clouds(5, [20, 20], 0.5);
    const random = seeded(9);
    const mixed = { ...set, labels: set.labels.map(() => Math.floor(random() * 2)) };
    expect(trainHead(mixed).accuracy).toBeLessThan(0.75);
  });

  it('is unsure about what resembles no example', () => {
    const head = trainHead(clouds(3, [5, 5, 5, 5], 0.3));
    const foreign = Float32Array.from({ length: DIMS }, (_, d) => (d === DIMS - 1 ? 1 : 0));
    const [odds = []] = applyHead({ vectors: [foreign], head });
    expect(Math.max(...odds)).toBeLessThan(0.5);
  });
});
