import type { ReleaseOverview } from '../../../shared/contract/releases.ts';
import type { Release } from '../../../shared/domain/release.ts';
import { lastKnownGood } from '../../../shared/domain/release.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { servingPair } from './serving-pair.ts';

/** The releases of the chosen target, from its operations; and what serves now. */
export async function listReleases(core: Core): Promise<ReleaseOverview> {
  const serving = await servingPair(core.ports.session.provider);
  const releases = releasesOf(core, selectedTarget(core).id);
  return { serving, releases, lastGood: lastKnownGood(releases, serving) };
}

/** Newest first; a rollback is no release of its own. */
export function releasesOf(core: Core, target: string): Release[] {
  return core.memory.operations.value
    .filter((operation) => operation.kind === 'release' && operation.target === target)
    .flatMap(({ release }) => (release === null ? [] : [release]))
    .toSorted((a, b) => b.createdAt - a.createdAt);
}
