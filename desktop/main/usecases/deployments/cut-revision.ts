import type { DeploySettings } from '../../../shared/contract/deployments.ts';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import type {
  DeploymentProvider,
  RemoteOperation,
  RevisionRequest,
} from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { ServiceBefore } from '../../ports/operation-journal.ts';
import type { Core } from '../core.ts';
import { interrupted } from '../operations/interrupted.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { untilSucceeded } from '../operations/until-succeeded.ts';
import type { EnvEdits, SecretEdits } from './env-edits.ts';
import { defaultAccess } from './first-access.ts';
import { nextTemplate, serviceSettingsOf } from './next-template.ts';
import type { ServiceState } from './read-service.ts';
import { findService, readServiceState } from './read-service.ts';

export interface RevisionOrder {
  readonly service: StackServiceId;
  /** Null when its values must not be written down and the process that knew them is gone. */
  readonly env: EnvEdits | null;
  /** References are no secrets: they are written down as they are. */
  readonly secrets?: SecretEdits | undefined;
  /** Operation that has to succeed first: it deploys what the new revision calls. */
  readonly after: string | null;
  /** Sizes and access that are changed with it. */
  readonly settings?: DeploySettings | undefined;
}

/** How long a change that an earlier process asked for may keep the platform busy. */
const BUSY_WITHIN_MS = 120_000;
const RETRY_MS = 200;

export interface CutRevision {
  readonly remote: RemoteOperation;
  readonly before: ServiceBefore;
}

/**
 * The stage "revision": asks the platform for one, once. What an earlier process asked for is found
 * again by the name of its operation, or by the deploy's id on the revision.
 */
export function cutRevision(
  core: Core,
  run: OperationRun,
  { order, image }: { readonly order: RevisionOrder; readonly image: string | null },
): Promise<CutRevision> {
  return run.stage('revision', async () => {
    const { before, remoteName } = run.progress;
    const { service } = order;
    if (before !== null && remoteName !== null) {
      return { remote: { name: remoteName, service }, before };
    }
    if (order.after !== null) {
      run.detail('Waiting for the service that it calls');
      await untilSucceeded(core, order.after, run.signal);
    }
    const state = await readServiceState(run.session.provider, service);
    const template = await templateFor(run, { order, state, image });
    const known = before ?? (await rememberBefore(run, state));
    // A service that nothing serves yet gives its first revision all traffic by itself: from here on
    // a cancel could not keep what it promises.
    if (known.serving === null) run.commit();
    run.signal.throwIfAborted();
    const settings = {
      ...defaultAccess({ id: service, target: run.target, service: state.service }),
      ...serviceSettingsOf(order.settings, state.service),
    };
    const request = { service, template, deployId: run.id, settings };
    const remote = await (before === null
      ? run.session.provider.createRevision(request)
      : createOnceFree(core, run, request));
    await run.follow(remote);
    run.detail(`Revision of ${service} created`);
    return { remote, before: known };
  });
}

async function rememberBefore(run: OperationRun, state: ServiceState): Promise<ServiceBefore> {
  const followedLatest = state.service?.traffic.followsLatest ?? true;
  const before = { serving: state.serving, followedLatest };
  await run.remember({ before });
  return before;
}

/** After a crash the platform may still be busy with exactly this revision: then it is adopted. */
async function createOnceFree(
  core: Core,
  run: OperationRun,
  request: RevisionRequest,
): Promise<RemoteOperation> {
  const { clock } = core.ports;
  const deadline = clock.now() + BUSY_WITHIN_MS;
  for (;;) {
    try {
      return await run.session.provider.createRevision(request);
    } catch (error) {
      const busy = error instanceof DomainError && error.code === 'CONFLICT' && error.retryable;
      if (!busy || clock.now() >= deadline) throw error;
      await clock.sleep(RETRY_MS, run.signal);
    }
  }
}

async function templateFor(
  run: OperationRun,
  from: { order: RevisionOrder; state: ServiceState; image: string | null },
): Promise<RevisionTemplate> {
  const { service, env, secrets, settings } = from.order;
  if (env === null) throw valuesNotKept(service);
  const base = from.state.template;
  const image = from.image ?? base?.image;
  if (image === undefined) throw nothingToKeep(service);
  const upstreamUri = await upstreamUriOf(run.session.provider, service);
  return nextTemplate({ service, base, image, env, secrets, settings, upstreamUri });
}

/** Public address of the service that this one calls, null when it has none. */
export async function upstreamUriOf(
  provider: DeploymentProvider,
  id: StackServiceId,
): Promise<string | null> {
  const { upstream } = STACK_DEFAULTS[id];
  if (upstream === null) return null;
  const called = await findService(provider, upstream.service);
  return called === null || called.uri === '' ? null : called.uri;
}

function nothingToKeep(service: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_FOUND',
    message: `${service} has no serving image to keep.`,
    nextStep: 'Deploy it with a build.',
  });
}

function valuesNotKept(service: string): DomainError {
  return interrupted(
    `The console stopped before it knew a new revision of ${service}, and secret-looking values of its variables are never written down.`,
    'Look at the revisions and deploy it again with these variables.',
  );
}
