import { isHeld } from './held-permissions.ts';
import type { FaultBook } from './fault-book.ts';
import { matches } from './fault-book.ts';

/** What the faults do to the instances of a service. */
export interface InstanceFaults {
  /** Must a probe of this instance fail now, whatever the process answers? */
  readonly failsProbe: (
    service: string,
    probe: { readonly kind: 'startup' | 'liveness'; readonly startedAt: number },
  ) => boolean;
  readonly missesArtifact: (service: string) => boolean;
  /** May the service account not read any secret? */
  readonly deniesSecrets: () => boolean;
  /** The quota of instances, or null when there is none. */
  readonly instanceQuota: () => number | null;
}

export function instanceFaults(faults: FaultBook): InstanceFaults {
  return {
    failsProbe: (service, { kind, startedAt }) => {
      const applies = (fault: { readonly service: string }): boolean =>
        matches(fault.service, service);
      const failing = faults.find(
        'failing-probe',
        (fault) => applies(fault) && fault.probe === kind,
      );
      if (failing !== null) return true;
      const age = Date.now() - startedAt;
      return (
        kind === 'startup' &&
        faults.find('slow-start', (fault) => applies(fault) && age < fault.ms) !== null
      );
    },
    missesArtifact: (service) =>
      faults.find('missing-artifact', (fault) => matches(fault.service, service)) !== null,
    deniesSecrets: () => !isHeld(faults, 'secretmanager.versions.access'),
    instanceQuota: () =>
      faults.find('quota', ({ resource }) => resource === 'instances')?.limit ?? null,
  };
}
