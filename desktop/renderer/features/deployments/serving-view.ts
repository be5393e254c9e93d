import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';

/** Why a service's traffic stays where it is, for the banner. */
export interface PinnedTraffic {
  readonly pinnedTo: string;
  readonly latest: string;
  /** Nothing newer waits: the pin only matters for the next deploy. */
  readonly alreadyLatest: boolean;
  /** More than one revision has a share, which a rollback never leaves: somebody set it. */
  readonly isSplit: boolean;
}

/** The pin of a service, or null while its traffic follows the latest ready revision. */
export function pinnedTraffic(service: Service): PinnedTraffic | null {
  const pinnedTo = servingRevision(service);
  if (service.traffic.followsLatest || pinnedTo === null) return null;
  const latest = service.latestReadyRevision ?? pinnedTo;
  const isSplit = service.traffic.shares.filter(({ percent }) => percent > 0).length > 1;
  return { pinnedTo, latest, alreadyLatest: latest === pinnedTo, isSplit };
}
