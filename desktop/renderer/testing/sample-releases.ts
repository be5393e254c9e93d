import type { ReleaseOverview } from '../../shared/contract/releases.ts';
import type { Release, ReleasePart } from '../../shared/domain/release.ts';
import { lastKnownGood } from '../../shared/domain/release.ts';

const pair = (backend: string, gateway: string): ReleasePart[] => [
  { service: 'backend', revision: `backend-${backend}`, digest: 'sha256:77aa3e01990d10' },
  { service: 'gateway', revision: `gateway-${gateway}`, digest: 'sha256:9f2c11aa0d4141' },
];

/** One good release that serves, one that failed before it, and an older good one. */
export function sampleReleases(now: number, isEmpty: boolean): ReleaseOverview {
  const serving = pair('00017', '00042');
  const release = (id: string, hoursAgo: number, change: Partial<Release>): Release => ({
    id,
    parts: serving,
    previous: pair('00016', '00041'),
    createdAt: now - hoursAgo * 3_600_000,
    state: 'known-good',
    reason: null,
    ...change,
  });
  const releases = isEmpty
    ? []
    : [
        release('rel-3', 2, {}),
        release('rel-2', 5, {
          parts: pair('00016', '00040'),
          state: 'failed',
          reason: 'gateway-00040 did not become ready: port 8081 was not opened',
        }),
        release('rel-1', 26, { parts: pair('00016', '00041'), previous: pair('00015', '00039') }),
      ];
  return { serving, releases, lastGood: lastKnownGood(releases, serving) };
}
