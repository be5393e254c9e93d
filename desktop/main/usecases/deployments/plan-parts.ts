import type { TrafficView } from '../../../shared/domain/diff-service.ts';
import { diffTraffic } from '../../../shared/domain/diff-service.ts';
import type { FieldChange } from '../../../shared/domain/diff.ts';
import type { Pin, Plan, PlanKind, PreflightCheck } from '../../../shared/domain/plan.ts';
import { impactOf } from '../../../shared/domain/plan.ts';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { Revision, Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { Target } from '../../../shared/domain/target.ts';

/** The revision that a service's traffic is held on, or null while it follows the latest. */
export function pinOf(service: Service | null): Pin | null {
  if (service === null || service.traffic.followsLatest) return null;
  const revision = servingRevision(service);
  return revision === null ? null : { revision, latest: service.latestReadyRevision };
}

export function targetCheck(target: Target): PreflightCheck {
  const change = mayChange(target);
  return {
    title: 'The target may be changed',
    ok: change.allowed,
    detail: change.allowed ? null : change.reason,
  };
}

/** Each revision that would get traffic has to be there and to have been ready. */
export function readyChecks(
  names: readonly string[],
  revisions: readonly Revision[],
): readonly PreflightCheck[] {
  return names.map((name) => {
    const revision = revisions.find((candidate) => candidate.name === name);
    const ok = revision?.state === 'ready' || revision?.state === 'retired';
    return { title: `${name} is ready`, ok, detail: ok ? null : stateWords(name, revision) };
  });
}

function stateWords(name: string, revision: Revision | undefined): string {
  if (revision === undefined) return `there is no revision ${name}`;
  return revision.reason ?? `it is ${revision.state}`;
}

/** What a plan that only moves traffic is made of. Pure: it reads nothing. */
export interface TrafficPlan {
  readonly kind: PlanKind;
  readonly service: Service;
  readonly next: TrafficView;
  readonly question: string;
  readonly consequence: string;
  readonly nextLabel: string;
  readonly checks: readonly PreflightCheck[];
  readonly gcloud: string;
  /** Rows besides the traffic's, such as what differs between two revisions. */
  readonly rows?: readonly FieldChange[];
}

/** A plan that cuts no revision. */
export function trafficPlan(of: TrafficPlan): Plan {
  const { service, next, rows = [] } = of;
  const all = [...diffTraffic(service.traffic, next), ...rows];
  return {
    kind: of.kind,
    service: service.id,
    etag: service.etag,
    question: of.question,
    consequence: of.consequence,
    currentLabel: servingRevision(service) ?? 'nothing serves',
    nextLabel: of.nextLabel,
    rows: all,
    checks: of.checks,
    impact: impactOf(all),
    gcloud: of.gcloud,
    pin: null,
    access: null,
    cost: null,
  };
}
