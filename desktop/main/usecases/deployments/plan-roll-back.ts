import { diffTemplates } from '../../../shared/domain/diff.ts';
import type { FieldChange } from '../../../shared/domain/diff.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Revision } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { allTrafficTo } from '../../../shared/domain/traffic.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { gcloudTraffic } from './gcloud-command.ts';
import { trafficPlan } from './plan-parts.ts';
import { pickRevision } from './read-service.ts';
import { rollBackChecks } from './roll-back-checks.ts';

/** What a rollback would do. Throws SERVICE_NOT_FOUND and REVISION_NOT_FOUND. */
export async function planRollBack(
  core: Core,
  input: { readonly service: string; readonly revision: string },
): Promise<Plan> {
  const target = selectedTarget(core);
  const { provider, references } = core.ports.session;
  const [service, revisions] = await Promise.all([
    provider.getService(input.service),
    provider.listRevisions(input.service),
  ]);
  const revision = pickRevision(revisions, input.revision);
  const serving = servingRevision(service);
  const from = revisions.find((candidate) => candidate.name === serving) ?? null;
  const shares = allTrafficTo(revision.name, service.traffic.shares);
  return trafficPlan({
    kind: 'roll_back',
    service,
    next: { shares, followsLatest: false },
    question: `Roll back ${input.service} to ${revision.name}?`,
    consequence:
      `All traffic moves to ${revision.name} at once. Nothing is rebuilt; the database, the secrets ` +
      'and the settings of the service stay as they are. The service stays pinned to it until ' +
      'Resume latest; a deploy asks what becomes of the pin.',
    nextLabel: revision.name,
    rows: templateRows(from, revision),
    checks: await rollBackChecks(references, { target, service, revision }),
    gcloud: gcloudTraffic(
      { service: input.service, current: service.traffic.shares, next: shares },
      target,
    ),
  });
}

/** The revision exists, so that whatever differs costs no more than moving the traffic. */
function templateRows(from: Revision | null, to: Revision): readonly FieldChange[] {
  return diffTemplates(from?.template ?? null, to.template).map((row) => ({
    ...row,
    impact: row.change === 'same' ? 'none' : 'traffic',
  }));
}
