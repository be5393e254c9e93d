import { alphaAtLook } from './alpha-spending.ts';
import type { Distribution } from './distribution.ts';
import { countAbove, pooled, quantile } from './distribution.ts';
import { fisherTest } from './fisher-test.ts';
import type { RatioInterval } from './quantile-ratio.ts';
import { quantileRatio, quantileRatioInterval } from './quantile-ratio.ts';
import { rankTest } from './rank-test.ts';

/** What was seen of one revision within the window that both share. */
export interface Arm {
  readonly requests: number;
  /** Requests that failed by the server's fault. */
  readonly errors: number;
  /** Durations of answered requests, any one unit. */
  readonly latency: Distribution;
}

export interface VerdictOptions {
  /** Chance of a false alarm over the whole rollout. Default 0.05. */
  readonly alpha?: number;
  /** Fewest requests of each arm to judge by. Default 200. */
  readonly minSamples?: number;
  /** A regression smaller than this share is no reason, however sure. Default 0.05 (5 %). */
  readonly minEffect?: number;
  /** Fewest additional errors per request that count. Default 0.001. */
  readonly minErrorIncrease?: number;
  /** Which look this is and how many there will be; each spends its part of alpha. Default 1 of 1. */
  readonly look?: { readonly index: number; readonly of: number };
}

/** One comparison: its one-sided p-value, the level it is held against, and what it found. */
export interface Finding {
  readonly test: 'all' | 'tail' | 'errors';
  readonly pValue: number;
  readonly alpha: number;
  /**
   * all: P(canary slower) - 0.5. tail: share of canary requests above the pooled p98 less that of the
   * baseline. errors: difference of the error rates.
   */
  readonly effect: number;
  /** Significant, and large enough to matter. */
  readonly regression: boolean;
}

export interface Verdict {
  readonly verdict: 'promote' | 'hold' | 'rollback';
  /** Sentences for people, one for each reason. */
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
  /** Canary over baseline; null where the baseline has no latency. */
  readonly ratios: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: RatioInterval | null;
  };
  readonly samples: { readonly baseline: number; readonly canary: number };
  /** Requests still needed of the arm that has fewer; 0 when there are enough. */
  readonly needed: number;
}

const DEFAULTS = { alpha: 0.05, minSamples: 200, minEffect: 0.05, minErrorIncrease: 0.001 };
/** How the false alarms are shared out: 2 % + 2 % + 1 % of 5 %. */
const PARTS = { all: 0.4, tail: 0.4, errors: 0.2 };
const TAIL = 0.98;

/**
 * Judges a canary against the stable revision in the same window: a rank test finds that everything
 * got slower, a test of the share above the pooled p98 finds a slower tail that ranks do not see, and
 * a third compares error rates; all one-sided and exact or rank based, since latency is anything but
 * normal. `hold` below `minSamples`: silence is no proof of health.
 */
export function judgeRollout(baseline: Arm, canary: Arm, options: VerdictOptions = {}): Verdict {
  const settings = { ...DEFAULTS, look: { index: 1, of: 1 }, ...options };
  const samples = { baseline: baseline.requests, canary: canary.requests };
  const needed = Math.max(0, settings.minSamples - Math.min(samples.baseline, samples.canary));
  const ratios = {
    p50: quantileRatio(baseline.latency, canary.latency, 0.5),
    p95: quantileRatio(baseline.latency, canary.latency, 0.95),
    p99: quantileRatioInterval(baseline.latency, canary.latency, 0.99),
  };
  if (needed > 0) {
    const reasons = [`needs ${needed} more requests of each revision to judge`];
    return { verdict: 'hold', reasons, findings: [], ratios, samples, needed };
  }
  const { index, of } = settings.look;
  const level = (part: keyof typeof PARTS): number =>
    alphaAtLook(settings.alpha * PARTS[part], index, of);
  const findings = [
    judgeAll([baseline, canary], level('all'), atLeast(ratios.p50, settings.minEffect)),
    judgeTail(
      [baseline, canary],
      level('tail'),
      atLeast(ratios.p99?.ratio ?? null, settings.minEffect),
    ),
    judgeErrors([baseline, canary], level('errors'), settings.minErrorIncrease),
  ];
  const reasons = findings
    .filter((finding) => finding.regression)
    .map((finding) => describe(finding, ratios));
  return reasons.length > 0
    ? { verdict: 'rollback', reasons, findings, ratios, samples, needed }
    : { verdict: 'promote', reasons: [NO_REGRESSION], findings, ratios, samples, needed };
}

const NO_REGRESSION = 'no regression of latency, its tail or errors was found';

type Arms = readonly [baseline: Arm, canary: Arm];

function judgeAll([baseline, canary]: Arms, alpha: number, matters: boolean): Finding {
  const { pValue, probabilityGreater } = rankTest(baseline.latency, canary.latency);
  const effect = probabilityGreater - 0.5;
  return { test: 'all', pValue, alpha, effect, regression: pValue < alpha && matters };
}

function judgeTail([baseline, canary]: Arms, alpha: number, matters: boolean): Finding {
  const limit = quantile(pooled(baseline.latency, canary.latency), TAIL);
  const [first, second] = [baseline, canary].map(({ latency }) => ({
    hits: countAbove(latency, limit),
    size: latency.size,
  })) as [Parameters<typeof fisherTest>[0], Parameters<typeof fisherTest>[1]];
  const pValue = fisherTest(first, second);
  const effect = share(second.hits, second.size) - share(first.hits, first.size);
  return { test: 'tail', pValue, alpha, effect, regression: pValue < alpha && matters };
}

function judgeErrors([baseline, canary]: Arms, alpha: number, minIncrease: number): Finding {
  const pValue = fisherTest(
    { hits: baseline.errors, size: baseline.requests },
    { hits: canary.errors, size: canary.requests },
  );
  const effect = share(canary.errors, canary.requests) - share(baseline.errors, baseline.requests);
  const regression = pValue < alpha && effect >= minIncrease;
  return { test: 'errors', pValue, alpha, effect, regression };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function atLeast(ratio: number | null, minEffect: number): boolean {
  return ratio !== null && ratio >= 1 + minEffect;
}

function describe({ test, effect, pValue }: Finding, ratios: Verdict['ratios']): string {
  const sure = `p = ${pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(4)}`;
  if (test === 'errors')
    return `errors rose by ${(effect * 100).toFixed(2)} % of requests (${sure})`;
  const ratio = test === 'all' ? ratios.p50 : ratios.p99?.ratio;
  const name = test === 'all' ? 'p50' : 'p99';
  return `${name} is ${((ratio ?? Number.NaN) * 100 - 100).toFixed(0)} % above the baseline (${sure})`;
}
