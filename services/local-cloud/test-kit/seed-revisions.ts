import { LATEST } from '../src/model/resources.ts';
import type { RevisionRecord } from '../src/model/resources.ts';
import { withDefaults } from '../src/model/template-defaults.ts';
import { newService } from '../src/reconcile/service-writes.ts';
import { StateStore } from '../src/state/state-store.ts';

const FIRST_AT = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

/**
 * Writes a service with many revisions into the state folder of a local-cloud that doesn't run, which
 * takes a moment instead of the hours of as many deploys. Nothing of it can be started.
 */
export async function seedRevisions(
  stateDir: string,
  service: string,
  count: number,
): Promise<void> {
  const { store } = StateStore.open(stateDir);
  const revisions = Array.from({ length: count }, (_, index) => seeded(service, index + 1));
  for (const revision of revisions) store.put('revisions', revision.id, revision);
  const [newest] = revisions.slice(-1);
  const id = newest?.id ?? '';
  store.put('services', service, {
    ...newService(service, { template: newest?.template ?? {} }, FIRST_AT),
    generation: count,
    observedGeneration: count,
    latestCreated: id,
    latestReady: id,
    served: [{ type: LATEST, revision: id, percent: 100, tag: '' }],
    reconciling: false,
  });
  await store.close();
}

function seeded(service: string, generation: number): RevisionRecord {
  const at = FIRST_AT + generation * HOUR_MS;
  const digest = String(generation).padStart(64, '0');
  return {
    id: `${service}-${String(generation).padStart(5, '0')}-abc`,
    uid: `uid-${generation}`,
    service,
    generation,
    template: withDefaults({
      labels: { deploy: `d${generation}` },
      containers: [
        {
          image: `local/${service}@sha256:${digest}`,
          env: Array.from({ length: 12 }, (_, index) => ({
            name: `SETTING_${index}`,
            value: `value ${index} of ${generation}`,
          })),
          startupProbe: { httpGet: { path: '/readyz' }, periodSeconds: 5 },
        },
      ],
    }),
    createdAt: at,
    changedAt: at,
    state: 'ready',
    failure: null,
    digest,
  };
}
