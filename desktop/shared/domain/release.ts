import type { StackServiceId } from './stack.ts';

/** One service of a release: which revision, of which image. */
export interface ReleasePart {
  readonly service: StackServiceId;
  /** Null while it isn't made yet. */
  readonly revision: string | null;
  /** `sha256:...`; null while it isn't built yet. */
  readonly digest: string | null;
}

/** `candidate` until both parts answered together, or didn't. */
export type ReleaseState = 'candidate' | 'known-good' | 'failed';

/** Backend and gateway as one: deployed in this order, and only ever rolled back together. */
export interface Release {
  readonly id: string;
  /** In the order in which they are deployed. */
  readonly parts: readonly ReleasePart[];
  /** What served when it began: what a failure goes back to. Empty for the first. */
  readonly previous: readonly ReleasePart[];
  /** Epoch ms. */
  readonly createdAt: number;
  readonly state: ReleaseState;
  /** Why it failed, null when it didn't. */
  readonly reason: string | null;
}

/** Do two lists name the same revision of every service? */
export function samePair(one: readonly ReleasePart[], other: readonly ReleasePart[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ service, revision }) =>
      other.some((part) => part.service === service && part.revision === revision),
    )
  );
}

/**
 * What a rollback of the stack goes to: the newest pair that was good, other than what serves now.
 * Null when there is none.
 *
 * @param releases newest first
 */
export function lastKnownGood(
  releases: readonly Release[],
  serving: readonly ReleasePart[],
): Release | null {
  return (
    releases.find(({ state, parts }) => state === 'known-good' && !samePair(parts, serving)) ?? null
  );
}

/**
 * The pair that served before the release that serves now: the way back from it, whether that pair
 * was a release itself or not. Null for a release that doesn't serve, and for the very first.
 */
export function pairBefore(
  { parts, previous }: Release,
  serving: readonly ReleasePart[],
): readonly ReleasePart[] | null {
  const isWhole = previous.length > 0 && previous.every(({ revision }) => revision !== null);
  return isWhole && samePair(parts, serving) && !samePair(previous, serving) ? previous : null;
}
