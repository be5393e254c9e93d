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
