/** One share of a service's traffic. `percent` is an integer 0..100. */
export interface TrafficShare {
  readonly revision: string;
  readonly percent: number;
  /** Gives the revision its own address, also at 0 %. */
  readonly tag: string | null;
}

/** The traffic of a service as it is set and as it is served. */
export interface TrafficSplit {
  readonly shares: readonly TrafficShare[];
  /** True when the split follows the latest ready revision; false when it is pinned to names. */
  readonly followsLatest: boolean;
}

/**
 * Does everything go to the latest ready revision, whichever that is? A split may follow the latest
 * with one share and name revisions with the others.
 */
export function isAllLatest({ shares, followsLatest }: TrafficSplit): boolean {
  const served = new Set(
    shares.filter(({ percent }) => percent > 0).map((share) => share.revision),
  );
  return followsLatest && served.size <= 1;
}

/** Why a split can't be used, in one sentence, or null when it can. */
export function splitProblem(shares: readonly TrafficShare[]): string | null {
  if (shares.length === 0) return 'A split needs at least one revision.';
  for (const share of shares) {
    if (!Number.isInteger(share.percent) || share.percent < 0 || share.percent > 100) {
      return `${share.revision} has ${String(share.percent)} %: shares are whole numbers from 0 to 100.`;
    }
  }
  const sum = shares.reduce((total, share) => total + share.percent, 0);
  return sum === 100 ? null : `The shares add up to ${String(sum)} %, not 100 %.`;
}

/** The split that sends everything to one revision, keeping the other revisions' tags at 0 %. */
export function allTrafficTo(
  revision: string,
  before: readonly TrafficShare[],
): readonly TrafficShare[] {
  const kept = before.find((share) => share.revision === revision);
  const tagged = before.filter((share) => share.tag !== null && share.revision !== revision);
  return [
    { revision, percent: 100, tag: kept?.tag ?? null },
    ...tagged.map((share) => ({ ...share, percent: 0 })),
  ];
}

/**
 * One revision gets `percent`, the others share the rest in the proportion that they had. A revision
 * that had no share is added; tags stay.
 */
export function withShare(
  shares: readonly TrafficShare[],
  revision: string,
  percent: number,
): readonly TrafficShare[] {
  const known = shares.some((share) => share.revision === revision);
  const all = known ? shares : [...shares, { revision, percent: 0, tag: null }];
  const others = all.filter((share) => share.revision !== revision);
  if (others.length === 0) return all.map((share) => ({ ...share, percent: 100 }));
  const scaled = inProportion(
    others.map((share) => share.percent),
    100 - percent,
  );
  const next = new Map(others.map((share, index) => [share.revision, scaled[index] ?? 0]));
  return all.map((share) => ({ ...share, percent: next.get(share.revision) ?? percent }));
}

/**
 * Whole numbers in the proportion of the weights that add up to exactly `sum`, by the largest
 * remainder; between equal remainders the first wins. All zero counts as all equal.
 *
 * @param weights finite, not negative, at least one
 */
export function inProportion(weights: readonly number[], sum: number): readonly number[] {
  const total = weights.reduce((all, weight) => all + weight, 0);
  const exact = weights.map((weight) =>
    total > 0 ? (weight / total) * sum : sum / weights.length,
  );
  const floors = exact.map(Math.floor);
  const missing = sum - floors.reduce((all, floor) => all + floor, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  const raised = new Set(byRemainder.slice(0, missing).map(({ index }) => index));
  return floors.map((floor, index) => (raised.has(index) ? floor + 1 : floor));
}

/** The stable revision and its canary; everybody else's tags stay at 0 %. */
export function canarySplit(
  pair: { readonly stable: string; readonly canary: string },
  percent: number,
  before: readonly TrafficShare[],
): readonly TrafficShare[] {
  const tagOf = (revision: string): string | null =>
    before.find((share) => share.revision === revision)?.tag ?? null;
  const { stable, canary } = pair;
  const others = before.filter(
    ({ revision, tag }) => tag !== null && revision !== stable && revision !== canary,
  );
  return [
    { revision: stable, percent: 100 - percent, tag: tagOf(stable) },
    { revision: canary, percent, tag: tagOf(canary) },
    ...others.map((share) => ({ ...share, percent: 0 })),
  ];
}

/** Share of a revision in a split, 0 when it has none. */
export function percentOf(split: TrafficSplit, revision: string): number {
  return split.shares
    .filter((share) => share.revision === revision)
    .reduce((sum, share) => sum + share.percent, 0);
}
