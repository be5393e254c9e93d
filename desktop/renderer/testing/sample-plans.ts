import type { CostReport } from '../../shared/domain/cost/cost-report.ts';
import { estimateMonthlyCost, togetherUsd } from '../../shared/domain/cost/estimate.ts';
import type { FieldChange } from '../../shared/domain/diff.ts';
import type { Pin, Plan } from '../../shared/domain/plan.ts';
import { STACK_DEFAULTS, STACK_SERVICES } from '../../shared/domain/stack.ts';

function row(
  place: Pick<FieldChange, 'group' | 'field' | 'current' | 'next'>,
  impact: FieldChange['impact'],
  secret = false,
): FieldChange {
  const change =
    impact === 'none'
      ? 'same'
      : place.current === null
        ? 'new'
        : place.next === null
          ? 'removed'
          : 'changed';
  return { ...place, change, impact, secret };
}

const DEPLOY_ROWS: readonly FieldChange[] = [
  row({ group: 'traffic', field: 'new revision', current: null, next: '100 %' }, 'traffic'),
  row({ group: 'traffic', field: 'gateway-00042', current: '100 %', next: null }, 'traffic'),
  row(
    { group: 'image', field: 'Image', current: 'b07e…c2', next: 'built from services/gateway' },
    'rebuild',
  ),
  row({ group: 'environment', field: 'RATE_LIMIT', current: '120', next: '240' }, 'revision'),
  row({ group: 'environment', field: 'RELEASE_NOTE', current: null, next: 'autumn' }, 'revision'),
  row(
    {
      group: 'environment',
      field: 'UPSTREAM_URL',
      current: 'http://127.0.0.1:8080',
      next: 'http://127.0.0.1:8080',
    },
    'none',
  ),
  row(
    { group: 'secrets', field: 'DB_PASSWORD', current: '••••••••', next: '•••••••• (changed)' },
    'revision',
    true,
  ),
  row({ group: 'resources', field: 'CPU', current: '1', next: '2' }, 'revision'),
  row({ group: 'resources', field: 'Memory', current: '512 MiB', next: '512 MiB' }, 'none'),
  row({ group: 'scaling', field: 'Max instances', current: '3', next: '3' }, 'none'),
  row(
    { group: 'access', field: 'Ingress', current: 'from anywhere', next: 'internal only' },
    'service',
  ),
];

const ROLL_BACK_ROWS: readonly FieldChange[] = [
  row({ group: 'traffic', field: 'gateway-00042', current: '0 %', next: '100 %' }, 'traffic'),
  row({ group: 'environment', field: 'RATE_LIMIT', current: '120', next: '120' }, 'none'),
  row(
    { group: 'secrets', field: 'API_KEYS', current: '••••••••', next: '•••••••• (changed)' },
    'traffic',
    true,
  ),
  row({ group: 'image', field: 'Image', current: '9f2c…41', next: 'b07e…c2' }, 'traffic'),
];

/** A plan as the operator reads it before confirming. */
export function samplePlan(kind: Plan['kind'], id: string, pin: Pin | null = null): Plan {
  const deploys = kind === 'deploy';
  const questions: Partial<Record<Plan['kind'], string>> = {
    deploy: `Deploy ${id} and send it all traffic?`,
    resume_latest: `Let ${id} follow its latest revision again?`,
  };
  return {
    kind,
    service: id,
    etag: 'e1',
    question: questions[kind] ?? `Send all ${id} traffic back to ${id}-00042?`,
    consequence:
      'Traffic only: nothing is rebuilt. Requests in flight finish where they are. You can undo.',
    currentLabel: `${id}-00043`,
    nextLabel: deploys ? 'new revision' : `${id}-00042`,
    rows: deploys ? DEPLOY_ROWS : ROLL_BACK_ROWS,
    checks: [
      { title: 'Revision ready', ok: true, detail: null },
      { title: 'Image present', ok: true, detail: null },
      { title: 'Secrets resolve', ok: true, detail: null },
    ],
    impact: deploys ? 'rebuild' : 'traffic',
    gcloud: `gcloud run services update-traffic ${id} --to-revisions=${id}-00042=100`,
    pin,
    access: null,
    cost: deploys
      ? {
          billed: false,
          currentUsd: 4.93,
          nextUsd: 11.5,
          tableDate: '2026-11-01',
          isStale: false,
          basis: { source: 'measured', words: 'measured: 1,240 requests in the last 12 min' },
        }
      : null,
  };
}

/** What the stack would cost with the traffic of the sample. */
export function sampleCost(): CostReport {
  const usage = { requestsPerMonth: 5_200_000, meanSeconds: 0.042, concurrency: null };
  const services = STACK_SERVICES.map((service) => ({
    service,
    estimate: estimateMonthlyCost(STACK_DEFAULTS[service], usage),
    basis: { source: 'measured', words: 'measured: 1,240 requests in the last 12 min' } as const,
  }));
  return {
    billed: false,
    region: 'europe-west1',
    tableDate: '2026-11-01',
    isStale: false,
    services,
    totalUsd: togetherUsd(services.map(({ estimate }) => estimate)),
  };
}
