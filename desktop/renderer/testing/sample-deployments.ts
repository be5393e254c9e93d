import type { RevisionRow } from '../../shared/contract/deployments.ts';
import type { Revision, Service } from '../../shared/domain/revision.ts';

const DIGESTS = ['9f2c11aa0d41', 'b07e88cd12c2', 'b07e88cd12c2', '77aa3e01990d', '5d10aa77339b'];

function revision(service: string, number: number, createdAt: string): Revision {
  const digest = DIGESTS[(43 - number + DIGESTS.length * 9) % DIGESTS.length] ?? '';
  return {
    name: `${service}-${String(number).padStart(5, '0')}`,
    service,
    state: 'retired',
    reason: null,
    createdAt,
    trafficPercent: 0,
    tags: [],
    template: {
      image: `local/${service}@sha256:${digest.padEnd(62, '0')}${digest.slice(-2)}`,
      env: [
        { name: 'RATE_LIMIT', value: '120' },
        { name: 'API_KEYS', secret: 'sample-traffic-key', version: 'latest' },
      ],
      port: 8080,
      cpu: 1,
      memoryMib: 512,
      minInstances: 1,
      maxInstances: 3,
      concurrency: 200,
      timeoutSeconds: 300,
      startupProbe: {
        path: '/health/ready',
        periodSeconds: 1,
        timeoutSeconds: 1,
        failureThreshold: 60,
      },
    },
  };
}

/** Five revisions of a service, newest first; the second serves. */
export function sampleRevisions(service: string, now: number): RevisionRow[] {
  const at = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();
  const changes = ['image', 'RATE_LIMIT 60 → 120', 'image, UPSTREAM_URL', 'image', 'image'];
  return changes.map((changed, index) => {
    const made = revision(service, 43 - index, at(0.2 + index * 3));
    if (index === 1) return { revision: { ...made, state: 'ready', trafficPercent: 100 }, changed };
    if (index !== 3) return { revision: made, changed };
    const reason = 'never ready: port 8081 was not opened';
    return { revision: { ...made, state: 'failed', reason }, changed };
  });
}

function service(id: string, port: number, shares: Service['serving']['shares']): Service {
  const split = { shares, followsLatest: shares.length === 1 };
  return {
    id,
    uri: `http://127.0.0.1:${String(port)}`,
    latestCreatedRevision: `${id}-00043`,
    latestReadyRevision: `${id}-00043`,
    traffic: split,
    serving: split,
    reconciling: false,
    failure: null,
    etag: 'e1',
    ingress: 'all',
    public: true,
    scaling: { min: 0, max: null, manual: null },
  };
}

export function sampleServices(): Service[] {
  return [
    service('backend', 8080, [
      { revision: 'backend-00017', percent: 90, tag: null },
      { revision: 'backend-00018', percent: 10, tag: 'canary' },
    ]),
    service('gateway', 8081, [{ revision: 'gateway-00042', percent: 100, tag: null }]),
  ];
}
