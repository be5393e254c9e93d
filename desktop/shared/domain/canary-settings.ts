/** What the canary may differ from the stable revision in the same window. */
export interface CanaryLimits {
  /** Additional failed requests per request: 0.01 is one percentage point. */
  readonly maxErrorIncrease: number;
  /** Canary's p95 over the stable revision's. */
  readonly maxP95Ratio: number;
  readonly maxP99Ratio: number;
}

/** Requests of our own for a service that hardly gets any: never more than this, and said in the view. */
export interface CanaryProbes {
  readonly perSecond: number;
  /** How many at most during the whole canary. */
  readonly budget: number;
}

export interface CanarySettings {
  /** Percents in ascending order; the last is 100. */
  readonly steps: readonly number[];
  /** Time between two evaluations. */
  readonly intervalSeconds: number;
  /** Least time at a step before the next, also when every evaluation passes. */
  readonly dwellSeconds: number;
  /** Fewest requests of each revision that anything is concluded from. */
  readonly minSamples: number;
  readonly limits: CanaryLimits;
  readonly probes: CanaryProbes | null;
}

export const DEFAULT_CANARY: CanarySettings = {
  steps: [5, 25, 50, 100],
  intervalSeconds: 30,
  dwellSeconds: 120,
  minSamples: 200,
  limits: { maxErrorIncrease: 0.01, maxP95Ratio: 1.3, maxP99Ratio: 1.5 },
  probes: null,
};

/** No canary sends itself more than this, whatever its settings say. */
export const MAX_PROBES_PER_SECOND = 10;
export const MAX_PROBE_BUDGET = 5_000;

/** Why these settings can't be used, in one sentence, or null when they can. */
export function canaryProblem(settings: CanarySettings): string | null {
  const { intervalSeconds, dwellSeconds, minSamples, probes } = settings;
  if (intervalSeconds < 1) return 'Evaluations are at least one second apart.';
  if (dwellSeconds < 0) return 'A step lasts no less than 0 s.';
  if (!Number.isInteger(minSamples) || minSamples < 20) return 'At least 20 samples are needed.';
  return stepsProblem(settings.steps) ?? limitsProblem(settings.limits) ?? probesProblem(probes);
}

/** Why these steps can't be walked, or null when they can. */
export function stepsProblem(steps: readonly number[]): string | null {
  if (steps.at(-1) !== 100) return 'The last step is 100 %.';
  if (steps.length < 2) return 'At least one step comes before 100 %.';
  if (steps.length > 10) return 'At most ten steps.';
  const ascending = steps.every((percent, index) => percent > (steps[index - 1] ?? 0));
  return ascending && steps.every(Number.isInteger)
    ? null
    : 'Steps are whole percents, each larger than the one before.';
}

function limitsProblem({
  maxErrorIncrease,
  maxP95Ratio,
  maxP99Ratio,
}: CanaryLimits): string | null {
  if (maxErrorIncrease < 0 || maxErrorIncrease > 1) return 'Errors may rise by 0 to 100 points.';
  return maxP95Ratio < 1 || maxP99Ratio < 1
    ? 'A latency limit is a ratio of at least 1: the canary may be as slow as the stable revision.'
    : null;
}

function probesProblem(probes: CanaryProbes | null): string | null {
  if (probes === null) return null;
  const tooMany = probes.perSecond > MAX_PROBES_PER_SECOND || probes.budget > MAX_PROBE_BUDGET;
  return tooMany || probes.perSecond <= 0 || probes.budget <= 0
    ? `Probes: at most ${String(MAX_PROBES_PER_SECOND)} a second and ${String(MAX_PROBE_BUDGET)} in all.`
    : null;
}
