import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { BilledShape } from '../../../shared/domain/cost/estimate.ts';
import { billedShape } from '../../../shared/domain/cost/estimate.ts';
import { diffSettings, diffTraffic, PUBLIC_ACCESS } from '../../../shared/domain/diff-service.ts';
import type { TrafficView } from '../../../shared/domain/diff-service.ts';
import type { FieldChange } from '../../../shared/domain/diff.ts';
import { diffTemplates } from '../../../shared/domain/diff.ts';
import type { Pin, Plan } from '../../../shared/domain/plan.ts';
import type { RevisionTemplate, ServiceSettings } from '../../../shared/domain/revision.ts';
import { AUTOMATIC_SCALING, shortDigest } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { costDelta } from '../cost/cost-delta.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { deployChecks } from './deploy-checks.ts';
import { accessQuestion, defaultAccess } from './first-access.ts';
import { gcloudDeploy } from './gcloud-command.ts';
import { nextTemplate, serviceSettingsOf } from './next-template.ts';
import { pinOf } from './plan-parts.ts';
import { NO_SERVICE } from './plan-outdated.ts';
import type { ServiceState } from './read-service.ts';
import { asStackService, readServiceState } from './read-service.ts';
import { upstreamUriOf } from './cut-revision.ts';

/** A deploy as it was read, before anything is said about it. */
interface Planned {
  readonly id: StackServiceId;
  readonly input: DeployInput;
  readonly state: ServiceState;
  readonly next: RevisionTemplate;
  /** What is set of the service itself. */
  readonly wanted: Partial<ServiceSettings>;
  readonly pin: Pin | null;
}

/**
 * What a deploy would do, to be read before it is confirmed. Changes nothing. Throws
 * SERVICE_NOT_FOUND and INVALID_INPUT.
 */
export async function planDeploy(core: Core, input: DeployInput): Promise<Plan> {
  const id = asStackService(input.service);
  const { provider } = core.ports.session;
  const [state, upstreamUri] = await Promise.all([
    readServiceState(provider, id),
    upstreamUriOf(provider, id),
  ]);
  const image = input.build ? `services/${id}` : (state.template?.image ?? '');
  const { env, secrets, settings } = input;
  const { service, template: base } = state;
  const next = nextTemplate({ service: id, base, image, env, secrets, settings, upstreamUri });
  const first = { id, target: selectedTarget(core).id, service };
  const wanted = { ...defaultAccess(first), ...serviceSettingsOf(settings, service) };
  const planned: Planned = { id, input, state, next, wanted, pin: pinOf(service) };
  const rows = [...trafficRows(planned), ...templateRows(planned), ...settingsRows(planned)];
  return {
    kind: 'deploy',
    service: id,
    etag: service?.etag ?? NO_SERVICE,
    question: `Deploy ${id}?`,
    consequence: consequenceOf(planned),
    currentLabel: state.serving ?? 'not deployed',
    nextLabel: 'new revision',
    rows,
    checks: await deployChecks(core, { id, build: input.build, state, next, upstreamUri }),
    // Every deploy makes a revision, also one of an unchanged template.
    impact: input.build ? 'rebuild' : 'revision',
    gcloud: gcloudOf(core, planned),
    pin: planned.pin,
    access: accessQuestion(core.ports.session.provider, first),
    cost: await costDelta(core, id, billedShapes(planned)),
  };
}

/** The digest of an image isn't known before it is built; the row says so instead of guessing. */
function templateRows({ state, next, input }: Planned): readonly FieldChange[] {
  const rows = diffTemplates(state.template, next);
  if (!input.build) return rows;
  const current = state.template === null ? null : shortDigest(state.template.image);
  const image: FieldChange = {
    group: 'image',
    field: 'Image',
    current,
    next: `built from ${next.image}`,
    change: current === null ? 'new' : 'changed',
    impact: 'rebuild',
    secret: false,
  };
  return rows.map((row) => (row.group === 'image' ? image : row));
}

/** What the platform gives a new service: the rest isn't known here and isn't shown. */
const UNSET: ServiceSettings = { ingress: 'all', public: false, scaling: AUTOMATIC_SCALING };

/** Of a new service only what is asked for, and who may call it: that is never left unsaid. */
function settingsRows({ state: { service }, wanted }: Planned): readonly FieldChange[] {
  if (service !== null) return diffSettings(service, { ...service, ...wanted });
  const rows = diffSettings(null, { ...UNSET, ...wanted });
  const untouched = diffSettings(null, UNSET);
  return rows.filter(
    ({ field, next }, index) => field === PUBLIC_ACCESS || next !== untouched[index]?.next,
  );
}

function billedShapes({ state, next, wanted }: Planned): {
  readonly current: BilledShape | null;
  readonly next: BilledShape;
} {
  const { service, template } = state;
  const scaling = service?.scaling ?? AUTOMATIC_SCALING;
  return {
    current: template === null ? null : billedShape(template, scaling),
    next: billedShape(next, wanted.scaling ?? scaling),
  };
}

/** How a revision that isn't made yet is called in a plan. */
export const NEW_REVISION = 'new revision';
const NOTHING: TrafficView = { shares: [], followsLatest: false };

function trafficRows({ state: { service }, pin, input }: Planned): readonly FieldChange[] {
  const current = service?.traffic ?? NOTHING;
  if (pin !== null && input.pinned !== 'resume') {
    const waiting = { revision: NEW_REVISION, percent: 0, tag: null };
    return diffTraffic(current, { ...current, shares: [...current.shares, waiting] });
  }
  const tagged = current.shares.filter(({ tag }) => tag !== null);
  const kept = tagged.map((share) => ({ ...share, percent: 0 }));
  const all = { revision: NEW_REVISION, percent: 100, tag: null };
  return diffTraffic(current, { shares: [all, ...kept], followsLatest: true });
}

function consequenceOf({ id, state: { service, serving }, pin, input }: Planned): string {
  if (service === null || serving === null) {
    return `The first revision of ${id} gets all traffic once its start-up probe passes.`;
  }
  if (pin === null) {
    return `${serving} keeps all its traffic until the new revision is ready; then all traffic moves.`;
  }
  switch (input.pinned) {
    case 'resume':
      return `${serving} keeps its traffic until the new revision is ready; then ${id} follows its latest revision again and all traffic moves.`;
    case 'keep':
      return `${id} stays pinned to ${pin.revision}: the new revision is made and gets no traffic.`;
    case undefined:
      return `${id} is pinned to ${pin.revision}. Choose whether it stays so.`;
  }
}

function gcloudOf(core: Core, { id, input, state, next, wanted, pin }: Planned): string {
  const { service, template } = state;
  const settings = { current: service, next: wanted };
  const pinned = input.pinned === 'resume' ? 'latest' : 'none';
  return gcloudDeploy(
    {
      service: id,
      current: template,
      next,
      source: input.build ? next.image : null,
      settings,
      traffic: pin === null ? 'as-set' : pinned,
    },
    selectedTarget(core),
  );
}
