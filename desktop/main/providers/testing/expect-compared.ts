import { expect } from 'vitest';
import type { RevisionTraffic } from '../../ports/metrics-source.ts';

/**
 * What the suite of MetricsSource played: 90 requests of the first revision at 70 ms, 10 of the
 * second at 400 ms with 2 failures, none of a third.
 */
export function expectCompared(revisions: readonly RevisionTraffic[]): void {
  const [stable, canary, unknown] = revisions;
  expect(stable).toMatchObject({ requests: 90, serverErrors: 0 });
  expect(canary).toMatchObject({ requests: 10, serverErrors: 2 });
  expect(stable?.counts.reduce((a, b) => a + b, 0)).toBe(90);
  expect(stable?.counts).toHaveLength((stable?.bounds.length ?? 0) + 1);
  expect(canary?.p95Ms).toBeGreaterThan(stable?.p99Ms ?? Infinity);
  expect(unknown).toEqual({
    revision: 'gateway-00003',
    requests: 0,
    serverErrors: 0,
    bounds: [],
    counts: [],
    p95Ms: null,
    p99Ms: null,
  });
}
