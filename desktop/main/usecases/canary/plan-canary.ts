import type { CanaryStart } from '../../../shared/contract/canary.ts';
import { diffTraffic } from '../../../shared/domain/diff-service.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { TrafficShare } from '../../../shared/domain/traffic.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { gcloudTraffic } from '../deployments/gcloud-command.ts';
import { NEW_REVISION, planDeploy } from '../deployments/plan-deploy.ts';
import { readyChecks, targetCheck, trafficPlan } from '../deployments/plan-parts.ts';

/** What the first step of a canary would change. Throws SERVICE_NOT_FOUND. */
export async function planCanary(core: Core, input: CanaryStart): Promise<Plan> {
  const { what } = input;
  const target = selectedTarget(core);
  const { provider } = core.ports.session;
  const service = await provider.getService(input.service);
  const aim = what.kind === 'revision' ? what.revision : NEW_REVISION;
  const shares = firstStep(service, aim, input.settings.steps[0] ?? 0);
  const change = { service: service.id, current: service.traffic.shares, next: shares };
  const words = {
    kind: 'canary',
    question: `Start a canary of ${service.id}?`,
    consequence: consequenceOf(input.settings.steps),
  } as const;
  if (what.kind === 'deploy') {
    const { build, env } = what;
    const plan = await planDeploy(core, { service: service.id, build, env, pinned: 'keep' });
    const traffic = diffTraffic(service.traffic, { shares, followsLatest: false });
    const rows = [...traffic, ...plan.rows.filter(({ group }) => group !== 'traffic')];
    return { ...plan, ...words, rows, pin: null };
  }
  const revisions = await provider.listRevisions(service.id);
  return trafficPlan({
    ...words,
    service,
    next: { shares, followsLatest: false },
    nextLabel: 'the first step',
    checks: [targetCheck(target), ...readyChecks([aim], revisions)],
    gcloud: gcloudTraffic(change, target),
  });
}

/** The canary takes its share from the revision that serves; tags stay where they are. */
function firstStep(service: Service, aim: string, percent: number): readonly TrafficShare[] {
  const serving = servingRevision(service);
  const tags = service.traffic.shares.filter(({ tag }) => tag !== null);
  const tagOf = (revision: string): string | null =>
    tags.find((share) => share.revision === revision)?.tag ?? null;
  const both = [aim, ...(serving === null ? [] : [serving])];
  const kept = tags.filter(({ revision }) => !both.includes(revision));
  return [
    { revision: aim, percent, tag: tagOf(aim) },
    ...(serving === null
      ? []
      : [{ revision: serving, percent: 100 - percent, tag: tagOf(serving) }]),
    ...kept.map((share) => ({ ...share, percent: 0 })),
  ];
}

function consequenceOf(steps: readonly number[]): string {
  const [first = 0] = steps;
  return (
    `It gets ${String(first)} % of the traffic first, then ${steps.slice(1).join(', ')} %, each only ` +
    'while every gate passes. A gate that fails takes it back to 0 %.'
  );
}
