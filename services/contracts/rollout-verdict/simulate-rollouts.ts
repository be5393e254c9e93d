/** Simulated rollouts, by which the tests and the quality figures judge the verdict itself. */
import { distributionOf } from './distribution.ts';
import { seeded } from './quantile-ratio.ts';
import type { Arm } from './verdict.ts';
import { judgeRollout } from './verdict.ts';

/** A way in which a canary may be worse. */
export interface Regression {
  readonly perArm: number;
  readonly latency?: (ascending: readonly number[]) => readonly number[];
  readonly errors?: number;
}

/** Log-normal latencies around 50 ms with sigma 0.5. */
export function drawLatencies(count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => {
    const z = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return 50 * Math.exp(0.5 * z);
  });
}

/** What would have been seen of a revision with these latencies. */
export const armOf = (latencies: readonly number[], errors = 0): Arm => ({
  requests: latencies.length,
  errors,
  latency: distributionOf(latencies),
});

/** Share of simulated comparisons that ask for a rollback. */
export function rollbackShare(runs: number, { perArm, latency, errors }: Regression): number {
  const random = seeded(perArm + runs);
  let asked = 0;
  for (let run = 0; run < runs; run += 1) {
    const canary = drawLatencies(perArm, random).sort((a, b) => a - b);
    const failed = canary.filter(() => random() < (errors ?? 0)).length;
    const { verdict } = judgeRollout(
      armOf(drawLatencies(perArm, random), 0),
      armOf(latency?.(canary) ?? canary, failed),
    );
    if (verdict === 'rollback') asked += 1;
  }
  return asked / runs;
}

/** All requests slower by a factor. */
export const allSlower =
  (factor: number) =>
  (ascending: readonly number[]): readonly number[] =>
    ascending.map((ms) => ms * factor);

/** The slowest five percent slower by a factor. */
export const tailSlower =
  (factor: number) =>
  (ascending: readonly number[]): readonly number[] =>
    ascending.map((ms, i) => (i >= ascending.length * 0.95 ? ms * factor : ms));
