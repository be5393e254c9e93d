import type { Revision, Service } from '../../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../../shared/domain/traffic.ts';
import { percentOf, splitProblem, withShare } from '../../../../shared/domain/traffic.ts';

/** A tag as the platform takes it: it becomes part of an address. */
const TAG = /^[a-z]([a-z0-9-]{0,44}[a-z0-9])?$/;

/** A row of the editor. */
export interface SplitRow extends TrafficShare {
  /** What the platform says it serves now. */
  readonly actual: number;
  readonly isNew: boolean;
}

/** The split as it is set now; where it follows the latest, that revision has its 100 %. */
export function currentSplit(service: Service): readonly TrafficShare[] {
  const { shares } = service.traffic;
  return shares.length > 0 ? shares : service.serving.shares;
}

/** Rows of the editor: what has a share or a tag, largest first. */
export function rowsOf(draft: readonly TrafficShare[], service: Service): readonly SplitRow[] {
  const before = new Set(currentSplit(service).map(({ revision }) => revision));
  return draft.map((share) => ({
    ...share,
    actual: percentOf(service.serving, share.revision),
    isNew: !before.has(share.revision),
  }));
}

/** Gives one revision its share; the others share the rest in their proportion. */
export function shareSet(
  draft: readonly TrafficShare[],
  revision: string,
  percent: number,
): readonly TrafficShare[] {
  return withShare(draft, revision, Math.min(100, Math.max(0, Math.round(percent))));
}

export function tagSet(
  draft: readonly TrafficShare[],
  revision: string,
  tag: string,
): readonly TrafficShare[] {
  return draft.map((share) =>
    share.revision === revision ? { ...share, tag: tag === '' ? null : tag } : share,
  );
}

/** Takes a revision out; its share goes to the others. */
export function shareRemoved(
  draft: readonly TrafficShare[],
  revision: string,
): readonly TrafficShare[] {
  return withShare(draft, revision, 0).filter((share) => share.revision !== revision);
}

/** Revisions that could be added: ready, and not in the split. */
export function addable(
  revisions: readonly Revision[],
  draft: readonly TrafficShare[],
): readonly Revision[] {
  return revisions.filter(
    ({ name, state }) =>
      (state === 'ready' || state === 'retired') &&
      !draft.some(({ revision }) => revision === name),
  );
}

/** Why the draft can't be set, or null when it can. */
export function splitDraftProblem(draft: readonly TrafficShare[]): string | null {
  const tags = draft.flatMap(({ tag }) => (tag === null ? [] : [tag]));
  const bad = tags.find((tag) => !TAG.test(tag));
  if (bad !== undefined) return `${bad} is no tag: small letters, digits and hyphens.`;
  if (new Set(tags).size < tags.length) return 'Two revisions have the same tag.';
  return splitProblem(draft);
}

export function sameSplit(a: readonly TrafficShare[], b: readonly TrafficShare[]): boolean {
  const words = (shares: readonly TrafficShare[]): string =>
    shares
      .map(({ revision, percent, tag }) => `${revision} ${String(percent)} ${tag ?? ''}`)
      .sort()
      .join('\n');
  return words(a) === words(b);
}

/** The address of a tagged revision, as the platform forms it from the service's. */
export function tagAddress(uri: string, tag: string): string {
  const url = new URL(uri);
  return /^[\d.]+$|^localhost$/.test(url.hostname)
    ? `Host: ${tag}---… at ${url.host}`
    : `${url.protocol}//${tag}---${url.host}`;
}
