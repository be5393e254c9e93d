import { describe, expect, it } from 'vitest';
import { distributionFrom } from './distribution.ts';
import { seeded } from './quantile-ratio.ts';
import {
  allSlower,
  armOf as arm,
  drawLatencies as latencies,
  rollbackShare,
  tailSlower,
} from './simulate-rollouts.ts';
import type { Arm } from './verdict.ts';
import { judgeRollout } from './verdict.ts';

describe('judgeRollout', () => {
  it('raises few false alarms: at most 5 % of 1,000 comparisons of alike revisions', () => {
    expect(rollbackShare(1_000, { perArm: 500 })).toBeLessThanOrEqual(0.05);
    expect(rollbackShare(100, { perArm: 2_000 })).toBeLessThanOrEqual(0.05);
  });

  it('finds that everything got slower', () => {
    expect(rollbackShare(100, { perArm: 500, latency: allSlower(1.3) })).toBeGreaterThanOrEqual(
      0.99,
    );
    expect(rollbackShare(60, { perArm: 2_000, latency: allSlower(1.1) })).toBeGreaterThanOrEqual(
      0.95,
    );
  });

  it('finds a slower tail, which ranks alone do not see', () => {
    expect(rollbackShare(100, { perArm: 500, latency: tailSlower(2) })).toBeGreaterThanOrEqual(
      0.95,
    );
  });

  it('finds errors, and does not take one more error for a trend', () => {
    const random = seeded(7);
    const good = arm(latencies(500, random), 1);
    expect(judgeRollout(good, arm(latencies(500, random), 25)).verdict).toBe('rollback');
    expect(judgeRollout(good, arm(latencies(500, random), 2)).verdict).toBe('promote');
  });

  it('holds on silence and on too little, and says how much is missing', () => {
    const random = seeded(3);
    const stable = arm(latencies(300, random));
    expect(judgeRollout(stable, arm([]))).toMatchObject({ verdict: 'hold', needed: 200 });
    expect(judgeRollout(stable, arm(latencies(150, random)))).toMatchObject({ needed: 50 });
  });

  it('does not act on a significant difference that does not matter', () => {
    const values = Array.from({ length: 20_000 }, (_, index) => 50 + (index % 100) / 100);
    const verdict = judgeRollout(arm(values), arm(values.map((value) => value + 0.5)));
    expect(verdict.findings[0]?.pValue).toBeLessThan(0.001);
    expect(verdict.verdict).toBe('promote');
  });

  it('stays within the same false alarm rate over five looks at growing data', () => {
    const random = seeded(11);
    let alarmed = 0;
    for (let run = 0; run < 100; run += 1) {
      const [a, b] = [latencies(1_000, random), latencies(1_000, random)];
      const looks = [1, 2, 3, 4, 5].map((index) =>
        judgeRollout(arm(a.slice(0, index * 200)), arm(b.slice(0, index * 200)), {
          look: { index, of: 5 },
        }),
      );
      if (looks.some(({ verdict }) => verdict === 'rollback')) alarmed += 1;
    }
    expect(alarmed / 100).toBeLessThanOrEqual(0.05);
  });

  it('judges the buckets of histograms', () => {
    const buckets = (slow: number): Arm => ({
      requests: 1_000,
      errors: 0,
      latency: distributionFrom([
        [0.01, 600 - slow],
        [0.05, 300],
        [0.1, 100 + slow],
      ]),
    });
    expect(judgeRollout(buckets(0), buckets(0)).verdict).toBe('promote');
    const slower = judgeRollout(buckets(0), buckets(400));
    expect(slower.verdict).toBe('rollback');
    expect(slower.reasons[0]).toMatch(/^p50 is 400 % above the baseline/);
  });
});
