import type { FieldChange } from './diff.ts';
import { compared } from './diff.ts';
import type { Ingress, ServiceSettings } from './revision.ts';
import type { TrafficShare } from './traffic.ts';

const INGRESS_WORDS: Readonly<Record<Ingress, string>> = {
  all: 'from anywhere',
  internal: 'internal only',
  'internal-lb': 'internal and load balancer',
  none: 'from nowhere',
};

/** Row that says who may call a service. */
export const PUBLIC_ACCESS = 'Public access';

/** `null` before: a service that doesn't exist yet. Each change takes effect without a revision. */
export function diffSettings(
  current: ServiceSettings | null,
  next: ServiceSettings,
): readonly FieldChange[] {
  const fields: readonly (readonly [
    FieldChange['group'],
    string,
    (of: ServiceSettings) => string,
  ])[] = [
    [
      'scaling',
      'Service instances',
      ({ scaling }) =>
        scaling.manual === null ? 'by load' : `exactly ${String(scaling.manual)}, by hand`,
    ],
    ['scaling', 'Service min instances', ({ scaling }) => String(scaling.min)],
    [
      'scaling',
      'Service max instances',
      ({ scaling }) => (scaling.max === null ? 'no limit of its own' : String(scaling.max)),
    ],
    ['access', 'Ingress', ({ ingress }) => INGRESS_WORDS[ingress]],
    ['access', PUBLIC_ACCESS, (of) => (of.public ? 'anyone' : 'callers with the invoker role')],
  ];
  return fields.map(([group, field, of]) =>
    compared({ group, field, impact: 'service' }, current === null ? null : of(current), of(next)),
  );
}

/** Traffic of a service before or after: shares by revision, and whether it follows the latest. */
export interface TrafficView {
  readonly shares: readonly TrafficShare[];
  readonly followsLatest: boolean;
}

/** A row per revision that has or gets a share or a tag, largest wanted share first. */
export function diffTraffic(current: TrafficView, next: TrafficView): readonly FieldChange[] {
  const names = new Set([...next.shares, ...current.shares].map(({ revision }) => revision));
  const rows = [...names].map((revision) =>
    compared(
      { group: 'traffic', field: revision, impact: 'traffic' },
      shareWords(current.shares, revision),
      shareWords(next.shares, revision),
    ),
  );
  const follows = compared(
    { group: 'traffic', field: 'Later revisions', impact: 'traffic' },
    followWords(current),
    followWords(next),
  );
  return [...rows, follows];
}

/** `90 %, tag canary`; a revision can be there twice, once for its share and once for its tag. */
function shareWords(shares: readonly TrafficShare[], revision: string): string | null {
  const own = shares.filter((share) => share.revision === revision);
  if (own.length === 0) return null;
  const percent = own.reduce((sum, share) => sum + share.percent, 0);
  const tags = own.flatMap(({ tag }) => (tag === null ? [] : [`tag ${tag}`]));
  return [`${String(percent)} %`, ...tags].join(', ');
}

function followWords({ shares, followsLatest }: TrafficView): string | null {
  if (shares.length === 0 && !followsLatest) return null;
  return followsLatest ? 'get all traffic when ready' : 'get none: pinned';
}
