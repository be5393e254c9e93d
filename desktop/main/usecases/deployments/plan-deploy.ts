import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { FieldChange } from '../../../shared/domain/diff.ts';
import { diffTemplates } from '../../../shared/domain/diff.ts';
import type { Plan, PreflightCheck } from '../../../shared/domain/plan.ts';
import { impactOf } from '../../../shared/domain/plan.ts';
import { mayChange } from '../../../shared/domain/revision-actions.ts';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import { shortDigest } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { gcloudDeploy } from './gcloud-command.ts';
import { nextTemplate } from './next-template.ts';
import type { ServiceState } from './read-service.ts';
import { asStackService, readServiceState } from './read-service.ts';
import { upstreamUriOf } from './run-deploy.ts';

/** What a deploy would do, to be read before it is confirmed. Changes nothing. */
export async function planDeploy(core: Core, input: DeployInput): Promise<Plan> {
  const id = asStackService(input.service);
  const state = await readServiceState(core.ports.session.provider, id);
  const upstreamUri = await upstreamUriOf(core.ports.session.provider, id);
  const image = input.build ? `services/${id}` : (state.template?.image ?? '');
  const next = nextTemplate({
    service: id,
    base: state.template,
    image,
    env: input.env,
    upstreamUri,
  });
  const rows = rowsOf(state, next, input.build);
  return {
    kind: 'deploy',
    service: id,
    question: `Deploy ${id}?`,
    consequence: consequenceOf(id, state),
    currentLabel: state.serving ?? 'not deployed',
    nextLabel: 'new revision',
    rows,
    checks: await checksOf(core, { id, build: input.build, state, upstreamUri }),
    impact: impactOf(rows),
    gcloud: gcloudDeploy(id, state.template, { ...next, built: input.build }),
  };
}

/** The digest of an image isn't known before it is built; the row says so instead of guessing. */
function rowsOf(state: ServiceState, next: RevisionTemplate, build: boolean): FieldChange[] {
  const rows = [...diffTemplates(state.template, next)];
  if (!build) return rows;
  const current = state.template === null ? null : shortDigest(state.template.image);
  const image: FieldChange = {
    field: 'Image',
    current,
    next: `built from ${next.image}`,
    change: current === null ? 'new' : 'changed',
    impact: 'rebuild',
    secret: false,
  };
  return rows.map((row) => (row.field === 'Image' ? image : row));
}

function consequenceOf(id: string, { service, serving }: ServiceState): string {
  if (service === null || serving === null) {
    return `The first revision of ${id} gets all traffic once its start-up probe passes.`;
  }
  const keeps = `${serving} keeps all its traffic until the new revision is ready; then all traffic moves.`;
  if (service.traffic.followsLatest) return keeps;
  return `${keeps} ${id} is pinned now; after this deploy it follows its latest revision again.`;
}

interface CheckInput {
  readonly id: StackServiceId;
  readonly build: boolean;
  readonly state: ServiceState;
  readonly upstreamUri: string | null;
}

async function checksOf(core: Core, input: CheckInput): Promise<PreflightCheck[]> {
  const change = mayChange(selectedTarget(core));
  const { upstream } = STACK_DEFAULTS[input.id];
  const checks: PreflightCheck[] = [
    {
      title: 'The target may be changed',
      ok: change.allowed,
      detail: change.allowed ? null : change.reason,
    },
    input.build ? await sourceCheck(core, input.id) : imageCheck(input.state),
  ];
  if (upstream !== null) {
    checks.push({
      title: `${upstream.service} is deployed`,
      ok: input.upstreamUri !== null,
      detail: input.upstreamUri ?? `Deploy ${upstream.service} first: ${input.id} calls it.`,
    });
  }
  return checks;
}

async function sourceCheck(core: Core, id: string): Promise<PreflightCheck> {
  const title = 'The source can be packed';
  try {
    const { files } = await core.ports.session.builder.package(id);
    return { title, ok: true, detail: `${String(files)} files` };
  } catch (error) {
    if (error instanceof DomainError) return { title, ok: false, detail: error.message };
    throw error;
  }
}

function imageCheck({ template, serving }: ServiceState): PreflightCheck {
  const ok = template !== null;
  return {
    title: 'The serving image is kept',
    ok,
    detail: ok ? `${serving ?? ''} · ${shortDigest(template.image)}` : 'Nothing serves yet.',
  };
}
