import { invalidArgument } from './api-error.ts';
import { LATEST, REVISION } from './resources.ts';
import { shortName } from './resource-names.ts';
import type { AllocationType, ServedTarget, TrafficTarget } from './resources.ts';

const TAG = /^[a-z](?:[a-z0-9-]{0,44}[a-z0-9])?$/;

/** Traffic of a service that never set any: everything to the newest ready revision. */
export const DEFAULT_TRAFFIC: readonly TrafficTarget[] = [{ type: LATEST, percent: 100 }];

/** The targets as they apply: an empty list means 100 % to the latest ready revision. */
function effectiveTraffic(traffic: readonly TrafficTarget[] | undefined): readonly TrafficTarget[] {
  return traffic === undefined || traffic.length === 0 ? DEFAULT_TRAFFIC : traffic;
}

/** Refuses a split that can't be served, naming the field. Missing revisions are found later. */
export function validateTraffic(traffic: readonly TrafficTarget[] | undefined): void {
  const targets = effectiveTraffic(traffic);
  targets.forEach((target, index) => {
    validateTarget(target, `traffic[${index}]`);
  });
  const sum = targets.reduce((total, target) => total + (target.percent ?? 0), 0);
  if (sum !== 100) throw invalidArgument('traffic', `percentages must sum to 100, not ${sum}.`);
  const tags = targets.flatMap((target) => (target.tag ? [target.tag] : []));
  if (new Set(tags).size !== tags.length)
    throw invalidArgument('traffic', 'a tag is used more than once.');
}

function validateTarget(target: TrafficTarget, field: string): void {
  const percent = target.percent ?? 0;
  if (!Number.isInteger(percent) || percent < 0 || percent > 100)
    throw invalidArgument(`${field}.percent`, 'must be an integer from 0 to 100.');
  if (target.tag && !TAG.test(target.tag))
    throw invalidArgument(
      `${field}.tag`,
      'must start with a letter and hold lower case letters, digits and hyphens.',
    );
  validateAllocation(target, field);
}

function validateAllocation(target: TrafficTarget, field: string): void {
  const type = allocationType(target);
  if (type === REVISION && !target.revision)
    throw invalidArgument(`${field}.revision`, 'is required for a target of type REVISION.');
  if (type === LATEST && target.revision)
    throw invalidArgument(`${field}.revision`, 'must be empty for a target of type LATEST.');
}

function allocationType(target: TrafficTarget): AllocationType {
  if (target.type === LATEST || target.type === REVISION) return target.type;
  return target.revision ? REVISION : LATEST;
}

export type ResolvedTraffic =
  { readonly ok: true; readonly targets: ServedTarget[] } | { readonly ok: false; message: string };

/** Names the revision of every target, or says which one can't be served. */
export function resolveTraffic(
  traffic: readonly TrafficTarget[] | undefined,
  known: { readonly latestReady: string; readonly exists: (revision: string) => boolean },
): ResolvedTraffic {
  const targets: ServedTarget[] = [];
  for (const target of effectiveTraffic(traffic)) {
    const type = allocationType(target);
    const revision = type === LATEST ? known.latestReady : shortName(target.revision ?? '');
    if (revision === '')
      return { ok: false, message: 'No revision is ready to receive the traffic of LATEST.' };
    if (!known.exists(revision)) return { ok: false, message: missingRevision(revision) };
    targets.push({ type, revision, percent: target.percent ?? 0, tag: target.tag ?? '' });
  }
  return { ok: true, targets };
}

/** The real service's own sentence for a target that is gone. */
export function missingRevision(revision: string): string {
  return `Revision '${revision}' does not exist or is deleted. Update all traffic to route to currently available revisions.`;
}

/** Share of every revision in percent; revisions with a tag only have 0. */
export function percentByRevision(targets: readonly ServedTarget[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { revision, percent } of targets)
    shares.set(revision, (shares.get(revision) ?? 0) + percent);
  return shares;
}
