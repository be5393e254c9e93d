import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyWindow } from './latency-window.ts';

describe('the latency window', () => {
  it('tells quantiles within 5 %', () => {
    const latencies = fc.array(fc.double({ min: 0.2, max: 60_000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(latencies, (all) => {
        const window = new LatencyWindow();
        for (const ms of all) window.note(ms, false, 0);
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
        const told = window.figures(0).p95Ms ?? 0;
        expect(told).toBeGreaterThanOrEqual(exact * 0.97);
        expect(told).toBeLessThanOrEqual(exact * 1.06 + 0.01);
      }),
    );
  });

  it('forgets what is older than five minutes and says null for nothing', () => {
    const window = new LatencyWindow();
    window.note(5, true, 0);
    expect(window.figures(299_000)).toMatchObject({ count: 1, errorRatio: 1 });
    expect(window.figures(301_000)).toEqual({
      windowSeconds: 300,
      count: 0,
      errorRatio: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
    });
  });
});
