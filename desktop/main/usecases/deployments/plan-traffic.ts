import type { Plan } from '../../../shared/domain/plan.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import { splitProblem } from '../../../shared/domain/traffic.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { gcloudToLatest, gcloudTraffic } from './gcloud-command.ts';
import { readyChecks, targetCheck, trafficPlan } from './plan-parts.ts';

/** What another split would do. Throws SERVICE_NOT_FOUND and TRAFFIC_SPLIT_INVALID. */
export async function planTraffic(
  core: Core,
  input: { readonly service: string; readonly shares: readonly TrafficShare[] },
): Promise<Plan> {
  const problem = splitProblem(input.shares);
  if (problem !== null) {
    throw new DomainError({
      code: 'TRAFFIC_SPLIT_INVALID',
      message: problem,
      nextStep: 'Correct the shares.',
    });
  }
  const target = selectedTarget(core);
  const { provider } = core.ports.session;
  const [service, revisions] = await Promise.all([
    provider.getService(input.service),
    provider.listRevisions(input.service),
  ]);
  const names = input.shares.filter(({ percent }) => percent > 0).map(({ revision }) => revision);
  return trafficPlan({
    kind: 'set_traffic',
    service,
    next: { shares: input.shares, followsLatest: false },
    question: `Split the traffic of ${service.id} ${splitWords(input.shares)}?`,
    consequence:
      'Traffic only: nothing is rebuilt. The service stays pinned to this split until it is changed ' +
      'or Resume latest.',
    nextLabel: 'this split',
    checks: [targetCheck(target), ...readyChecks([...new Set(names)], revisions)],
    gcloud: gcloudTraffic(
      { service: service.id, current: service.traffic.shares, next: input.shares },
      target,
    ),
  });
}

/** `90/10`, largest first. */
function splitWords(shares: readonly TrafficShare[]): string {
  return shares
    .map(({ percent }) => percent)
    .filter((percent) => percent > 0)
    .toSorted((a, b) => b - a)
    .join('/');
}

/** What following the latest again would do. Throws SERVICE_NOT_FOUND. */
export async function planResumeLatest(
  core: Core,
  input: { readonly service: string },
): Promise<Plan> {
  const target = selectedTarget(core);
  const { provider } = core.ports.session;
  const [service, revisions] = await Promise.all([
    provider.getService(input.service),
    provider.listRevisions(input.service),
  ]);
  const latest = service.latestReadyRevision;
  const ready = readyChecks(latest === null ? [] : [latest], revisions);
  return trafficPlan({
    kind: 'resume_latest',
    service,
    next: {
      shares: latest === null ? [] : [{ revision: latest, percent: 100, tag: null }],
      followsLatest: true,
    },
    question: `Let ${service.id} follow its latest revision again?`,
    consequence:
      latest === null
        ? 'No revision is ready yet.'
        : `All traffic goes to ${latest}, now and for every later revision that becomes ready.`,
    nextLabel: latest ?? 'latest',
    checks: [
      targetCheck(target),
      ...(ready.length > 0
        ? ready
        : [{ title: 'A revision is ready', ok: false, detail: 'Deploy it first.' }]),
    ],
    gcloud: gcloudToLatest(service.id, target),
  });
}
