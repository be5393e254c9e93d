import type { FieldChange } from '../../../shared/domain/diff.ts';
import { diffTemplates } from '../../../shared/domain/diff.ts';
import type { Plan, PreflightCheck } from '../../../shared/domain/plan.ts';
import { mayRollBackTo } from '../../../shared/domain/revision-actions.ts';
import type { Revision, Service } from '../../../shared/domain/revision.ts';
import { digestOf, servingRevision } from '../../../shared/domain/revision.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { gcloudTraffic } from './gcloud-command.ts';
import { pickRevision } from './read-service.ts';

/** What a rollback would do. Throws SERVICE_NOT_FOUND and REVISION_NOT_FOUND. */
export async function planRollBack(
  core: Core,
  input: { readonly service: string; readonly revision: string },
): Promise<Plan> {
  const { provider } = core.ports.session;
  const [service, revisions] = await Promise.all([
    provider.getService(input.service),
    provider.listRevisions(input.service),
  ]);
  const revision = pickRevision(revisions, input.revision);
  const serving = servingRevision(service);
  const from = revisions.find((candidate) => candidate.name === serving) ?? null;
  return {
    kind: 'roll_back',
    service: input.service,
    question: `Roll back ${input.service} to ${revision.name}?`,
    consequence:
      `All traffic moves to ${revision.name} at once. Nothing is rebuilt; the database and secrets ` +
      'stay as they are. The service stays pinned to it until its next deploy or Resume latest.',
    currentLabel: serving ?? 'nothing serves',
    nextLabel: revision.name,
    rows: [trafficRow(service, revision), ...templateRows(from, revision)],
    checks: checksOf(core, service, revision),
    impact: 'traffic',
    gcloud: gcloudTraffic(input.service, revision.name),
  };
}

function trafficRow(service: Service, revision: Revision): FieldChange {
  const shares = service.serving.shares.filter((share) => share.percent > 0);
  const current = shares.map((share) => `${share.revision} ${String(share.percent)} %`).join(', ');
  return {
    field: 'Traffic',
    current: current === '' ? null : current,
    next: `${revision.name} 100 %`,
    change: 'changed',
    impact: 'traffic',
    secret: false,
  };
}

/** The revision exists, so that whatever differs costs no more than moving the traffic. */
function templateRows(from: Revision | null, to: Revision): FieldChange[] {
  return diffTemplates(from?.template ?? null, to.template).map((row) => ({
    ...row,
    impact: row.change === 'same' ? 'none' : 'traffic',
  }));
}

function checksOf(core: Core, service: Service, revision: Revision): PreflightCheck[] {
  const rule = mayRollBackTo(selectedTarget(core), service, revision);
  const ready = revision.state === 'ready' || revision.state === 'retired';
  const pinned = digestOf(revision.template.image).startsWith('sha256:');
  return [
    { title: 'Allowed now', ok: rule.allowed, detail: rule.allowed ? null : rule.reason },
    {
      title: 'The revision was ready before',
      ok: ready,
      detail: ready ? null : (revision.reason ?? `${revision.name} is ${revision.state}.`),
    },
    {
      title: 'Its image is pinned by digest',
      ok: pinned,
      detail: pinned ? digestOf(revision.template.image).slice(0, 19) : revision.template.image,
    },
  ];
}
