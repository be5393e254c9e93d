import type { Distribution } from '@omni/contracts/rollout-verdict/distribution.ts';
import {
  countAbove,
  distributionFrom,
  quantile,
} from '@omni/contracts/rollout-verdict/distribution.ts';
import { fisherTest } from '@omni/contracts/rollout-verdict/fisher-test.ts';
import type { Arm, Finding, Verdict } from '@omni/contracts/rollout-verdict/verdict.ts';
import { judgeRollout } from '@omni/contracts/rollout-verdict/verdict.ts';
import type { CanarySettings } from '../../../shared/domain/canary-settings.ts';
import type { CanaryEvaluation, GateReading, GateVerdict } from '../../../shared/domain/canary.ts';
import type { RevisionTraffic } from '../../ports/metrics-source.ts';

/** Chance of a false alarm over the whole canary, shared out over the steps that are judged. */
const ALPHA = 0.05;
/** Differences of latency below this are the clock's, not the revision's. */
const LEAST_DIFFERENCE_MS = 2;
/** So many failed requests, this surely more than the stable revision's, need no larger sample. */
const CLEAR_ERRORS = { least: 10, alpha: 0.001 };

/** Both revisions as they were seen over the same window. */
export interface CanaryArms {
  readonly stable: RevisionTraffic;
  readonly canary: RevisionTraffic;
}

/** What a judge says; the numbers behind it are always the console's own. */
export type Judgement = Pick<Verdict, 'verdict' | 'reasons'>;

/** How the two revisions are compared, by the backend's route and by the console alike. */
export function verdictOptions(settings: CanarySettings): {
  readonly alpha: number;
  readonly minSamples: number;
  readonly minEffect: number;
  readonly minErrorIncrease: number;
} {
  const { steps, minSamples, limits } = settings;
  return {
    alpha: ALPHA / Math.max(1, steps.length - 1),
    minSamples,
    minEffect: limits.maxP95Ratio - 1,
    minErrorIncrease: limits.maxErrorIncrease,
  };
}

/** The statistics of the console's own: the same code that the backend's route runs. */
export function judgeLocally(arms: CanaryArms, settings: CanarySettings): Verdict {
  return judgeRollout(toArm(arms.stable), toArm(arms.canary), verdictOptions(settings));
}

/**
 * Gates and verdict of one evaluation. It passes only when every gate passes and the judge agrees; a
 * gate fails only when the difference is beyond its limit and no chance; everything else holds.
 */
export function toEvaluation(
  arms: CanaryArms,
  settings: CanarySettings,
  judged: { readonly own: Verdict; readonly backend: Judgement | null },
): Pick<CanaryEvaluation, 'samples' | 'gates' | 'verdict' | 'judgedBy' | 'reasons'> {
  const gates = readGates(arms, settings, judged.own);
  const judge = judged.backend ?? judged.own;
  const verdict = verdictOf(gates, judge);
  return {
    samples: { stable: arms.stable.requests, canary: arms.canary.requests },
    gates,
    verdict,
    judgedBy: judged.backend === null ? 'console' : 'backend',
    reasons: reasonsOf(gates, judge, verdict),
  };
}

function verdictOf(gates: readonly GateReading[], judge: Judgement): CanaryEvaluation['verdict'] {
  if (gates.some(({ verdict }) => verdict === 'fail')) return 'fail';
  const [samples] = gates;
  if (samples?.verdict !== 'pass') return 'hold';
  if (judge.verdict === 'rollback') return 'fail';
  const all = gates.every(({ verdict }) => verdict === 'pass');
  return all && judge.verdict === 'promote' ? 'pass' : 'hold';
}

/** The four requirements; the first is the number of samples. */
function readGates(
  { stable, canary }: CanaryArms,
  { minSamples, limits }: CanarySettings,
  own: Verdict,
): readonly GateReading[] {
  const least = Math.min(stable.requests, canary.requests);
  const enough = least >= minSamples;
  const samples: GateReading = {
    id: 'samples',
    verdict: enough ? 'pass' : 'no_data',
    stable: stable.requests,
    canary: canary.requests,
    value: least,
    threshold: minSamples,
  };
  const sure = isSure(own, ['all', 'tail']) || isTailSlower({ stable, canary }, own);
  const latency = (id: 'p95' | 'p99', limit: number): GateReading => {
    const [before, now] =
      id === 'p95' ? [stable.p95Ms, canary.p95Ms] : [stable.p99Ms, canary.p99Ms];
    const value = ratio(before, now);
    const isBeyond = value !== null && value > limit && isFelt(before, now);
    return {
      id,
      verdict: verdictFor({ enough, isBeyond, isSure: sure }),
      stable: before,
      canary: now,
      value,
      threshold: limit,
    };
  };
  return [
    samples,
    errorGate({ stable, canary }, limits.maxErrorIncrease, { own, enough }),
    latency('p95', limits.maxP95Ratio),
    latency('p99', limits.maxP99Ratio),
  ];
}

function errorGate(
  { stable, canary }: CanaryArms,
  limit: number,
  { own, enough }: { readonly own: Verdict; readonly enough: boolean },
): GateReading {
  const [before, now] = [errorRate(stable), errorRate(canary)];
  const value = before === null || now === null ? null : now - before;
  const isBeyond = value !== null && value > limit;
  const clear = isBeyond && areErrorsClear(stable, canary);
  return {
    id: 'errors',
    verdict: clear ? 'fail' : verdictFor({ enough, isBeyond, isSure: isSure(own, ['errors']) }),
    stable: before,
    canary: now,
    value,
    threshold: limit,
  };
}

function verdictFor(found: {
  readonly enough: boolean;
  readonly isBeyond: boolean;
  readonly isSure: boolean;
}): GateVerdict {
  if (!found.enough) return 'no_data';
  if (!found.isBeyond) return 'pass';
  return found.isSure ? 'fail' : 'unsure';
}

function isSure({ findings }: Verdict, tests: readonly Finding['test'][]): boolean {
  return findings.some(({ test, pValue, alpha }) => tests.includes(test) && pValue < alpha);
}

/**
 * More of the canary's requests lie above the stable revision's p95 than chance explains. The judge's
 * own test of the tail looks above the pooled p98, where coarse buckets may have nothing left.
 */
function isTailSlower({ stable, canary }: CanaryArms, { findings }: Verdict): boolean {
  const alpha = findings.find(({ test }) => test === 'tail')?.alpha ?? 0;
  const [before, now] = [toArm(stable).latency, toArm(canary).latency];
  const limit = quantile(before, 0.95);
  const pValue = fisherTest(
    { hits: countAbove(before, limit), size: before.size },
    { hits: countAbove(now, limit), size: now.size },
  );
  return pValue < alpha;
}

function areErrorsClear(stable: RevisionTraffic, canary: RevisionTraffic): boolean {
  if (canary.serverErrors < CLEAR_ERRORS.least) return false;
  const pValue = fisherTest(
    { hits: stable.serverErrors, size: stable.requests },
    { hits: canary.serverErrors, size: canary.requests },
  );
  return pValue < CLEAR_ERRORS.alpha;
}

function errorRate({ requests, serverErrors }: RevisionTraffic): number | null {
  return requests === 0 ? null : serverErrors / requests;
}

function ratio(before: number | null, now: number | null): number | null {
  return before === null || now === null || before <= 0 ? null : now / before;
}

function isFelt(before: number | null, now: number | null): boolean {
  return before !== null && now !== null && now - before >= LEAST_DIFFERENCE_MS;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

function reasonsOf(
  gates: readonly GateReading[],
  judge: Judgement,
  verdict: CanaryEvaluation['verdict'],
): readonly string[] {
  if (verdict === 'pass') return ['every gate passed'];
  const open = gates.filter((gate) => gate.verdict === (verdict === 'fail' ? 'fail' : 'unsure'));
  const words = open.map(sentenceOf);
  const [samples] = gates;
  if (samples?.verdict === 'no_data' && verdict === 'hold') return [tooFew(samples)];
  return words.length > 0 ? words : judge.reasons;
}

function tooFew({ stable, canary, threshold }: GateReading): string {
  if ((stable ?? 0) + (canary ?? 0) === 0) return 'no requests reached either revision';
  if (canary === 0) return 'no request reached the canary';
  return `${String(canary ?? 0)} of ${String(threshold)} requests seen of the canary, ${String(stable ?? 0)} of the stable revision`;
}

function sentenceOf({ id, value, stable, canary, threshold, verdict }: GateReading): string {
  const doubt = verdict === 'unsure' ? ', which may be chance' : '';
  if (id === 'errors') {
    return `errors are ${percent(canary ?? 0)} against ${percent(stable ?? 0)}, more than ${percent(threshold)} above${doubt}`;
  }
  return `${id} is ${(value ?? 0).toFixed(2)} times the stable revision's, the limit is ${String(threshold)}${doubt}`;
}

function toArm({ requests, serverErrors, bounds, counts }: RevisionTraffic): Arm {
  return { requests, errors: serverErrors, latency: toDistribution(bounds, counts) };
}

/** Each bucket stands at its upper bound; what is above all bounds, above the last one. */
function toDistribution(bounds: readonly number[], counts: readonly number[]): Distribution {
  const last = bounds.at(-1) ?? 0;
  const above = last + (last - (bounds.at(-2) ?? 0));
  return distributionFrom(counts.map((count, index) => [bounds[index] ?? above, count] as const));
}
