import type { ScrapeTargets } from '@omni/contracts/local-cloud.ts';
import type { Fleet } from '../supervisor/fleet.ts';

/** Every instance that runs, as Prometheus' HTTP service discovery spells it. */
export function listTargets(fleet: Fleet): ScrapeTargets {
  return fleet.all().flatMap((supervisor) =>
    supervisor
      .instances()
      .filter(({ state }) => state !== 'gone')
      .map((instance) => ({
        targets: [`127.0.0.1:${instance.port}`],
        labels: {
          service: supervisor.revision.service,
          revision: supervisor.revision.id,
          instance: instance.id,
          state: instance.state,
        },
      })),
  );
}
