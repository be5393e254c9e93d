import { cosine } from '../../inference/cosine.ts';

/** Cosine of each left vector with each right one. */
export function compareVectors({
  left,
  right,
}: {
  readonly left: readonly Float32Array[];
  readonly right: readonly Float32Array[];
}): number[][] {
  return left.map((a) => right.map((b) => cosine(a, b)));
}

export interface DuplicateGroup {
  /** The one with the highest sum of cosines to the others. */
  readonly representative: number;
  /** Ascending. */
  readonly members: number[];
}

/**
 * Groups of vectors that reach each other over cosines of at least `threshold` (single linkage);
 * groups of one are left out, the largest come first.
 */
export function findDuplicates({
  vectors,
  threshold,
}: {
  readonly vectors: readonly Float32Array[];
  readonly threshold: number;
}): DuplicateGroup[] {
  const leader = vectors.map((_, i) => i);
  const leaderOf = (i: number): number => {
    let at = i;
    while (leader[at] !== at) at = leader[at] ?? at;
    leader[i] = at;
    return at;
  };
  const nearness = vectors.map(() => 0);
  vectors.forEach((a, i) => {
    for (let j = i + 1; j < vectors.length; j += 1) {
      const near = cosine(a, vectors[j] ?? a);
      if (near < threshold) continue;
      nearness[i] = (nearness[i] ?? 0) + near;
      nearness[j] = (nearness[j] ?? 0) + near;
      leader[leaderOf(j)] = leaderOf(i);
    }
  });
  const groups = new Map<number, number[]>();
  for (const i of leader.keys()) groups.set(leaderOf(i), [...(groups.get(leaderOf(i)) ?? []), i]);
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members) => ({ representative: mostCentral(members, nearness), members }))
    .sort((a, b) => b.members.length - a.members.length);
}

function mostCentral(members: readonly number[], nearness: readonly number[]): number {
  return members.reduce((best, one) => ((nearness[one] ?? 0) > (nearness[best] ?? 0) ? one : best));
}
