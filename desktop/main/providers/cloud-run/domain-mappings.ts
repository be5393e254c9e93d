import { z } from 'zod';
import type { DomainMapping } from '../../../shared/domain/domain-mapping.ts';
import type { GoogleHttp } from './google-http.ts';

/** The domains in front of a service. */
export type DomainReader = (service: string) => Promise<readonly DomainMapping[]>;

const text = z.string().default('');
const mapping = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ routeName: text }).default({ routeName: '' }),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: text, reason: text, message: text }))
        .default([]),
      resourceRecords: z.array(z.object({ name: text, type: text, rrdata: text })).default([]),
    })
    .default({ conditions: [], resourceRecords: [] }),
});
const mappings = z.object({ items: z.array(mapping).default([]) });

const STATES: Readonly<Record<string, DomainMapping['state']>> = { True: 'ready', False: 'failed' };

/** Reads the domains of a project's services; they are in Cloud Run's older API only. */
export function domainReader(http: GoogleHttp, project: string): DomainReader {
  const url = `${http.apis.runV1}/apis/domains.cloudrun.com/v1/namespaces/${project}/domainmappings`;
  return async (service) => {
    const { items } = await http.get(url, mappings);
    return items.filter(({ spec }) => spec.routeName === service).map(toMapping);
  };
}

function toMapping({ metadata, status }: z.infer<typeof mapping>): DomainMapping {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  const state = STATES[ready?.status ?? ''] ?? 'pending';
  return {
    domain: metadata.name,
    state,
    reason: state === 'ready' ? null : ready?.message || ready?.reason || null,
    waitsFor: state === 'ready' ? null : waitsFor(status.conditions),
    records: status.resourceRecords.map(({ name, type, rrdata }) => ({
      name,
      type,
      value: rrdata,
    })),
  };
}

type Conditions = z.infer<typeof mapping>['status']['conditions'];

/** The certificate is issued only once DNS points here, so it is asked for first. */
function waitsFor(conditions: Conditions): DomainMapping['waitsFor'] {
  const open = (wanted: string): boolean =>
    conditions.some(({ type, status }) => type === wanted && status !== 'True');
  if (open('CertificateProvisioned')) return 'certificate';
  return open('DomainRoutable') ? 'route' : null;
}
