import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import type { DeploymentProvider, RemoteOperation } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { moveTraffic } from './move-traffic.ts';
import { nextTemplate } from './next-template.ts';
import type { ServiceState } from './read-service.ts';
import { findService, readServiceState } from './read-service.ts';

export interface DeployOrder extends DeployInput {
  readonly service: StackServiceId;
  /** Resolves when what the new revision calls is deployed. Waited for after the build. */
  readonly ready?: (signal: AbortSignal) => Promise<void>;
}

/** How many of a failed revision's last log lines are shown with the failure. */
const FAILURE_LOG_LINES = 20;
/** What makes an image; skipped when the serving one is kept. */
const IMAGE_STAGES = ['package', 'upload', 'build', 'push'] as const;

/** The steps of a deploy: package, build, create revision, become ready, shift traffic, verify. */
export async function runDeploy(
  core: Core,
  run: OperationRun,
  order: DeployOrder,
): Promise<OperationResult> {
  const image = order.build ? await buildImage(run, order.service) : null;
  if (image === null) keepImage(run);
  const created = await createRevision(run, { order, image });
  try {
    const revision = await startRevision(core, run, created);
    return await moveTraffic(core, run, {
      service: order.service,
      revision,
      previous: created.before.serving,
      // A deploy ends with the new revision serving everything, also on a service that a rollback
      // had pinned: it follows the latest again, as the plan has said.
      wanted: { kind: 'latest' },
    });
  } catch (error) {
    if (run.signal.aborted) run.log(whatCancelLeaves(created.before));
    throw error;
  }
}

/**
 * Cutting a revision pins the traffic where it is, and a cancelled deploy leaves it so: its revision
 * may still become ready, and a service that followed the latest would give it all traffic then.
 */
function whatCancelLeaves({ serving, service }: ServiceState): string {
  return `Cancelled: ${service?.id ?? 'the service'} stays on ${serving ?? 'what served'} and is pinned to it until Resume latest.`;
}

async function buildImage(run: OperationRun, service: string): Promise<string> {
  const { builder } = run.session;
  const source = await run.stage('package', async () => {
    const packed = await builder.package(service);
    run.detail(`${String(packed.files)} files, ${sizeOf(packed.bytes)}`);
    return packed;
  });
  run.skip('upload', 'The platform reads the source folder by itself');
  const image = await run.stage('build', async () => {
    const onLog = (line: string): void => {
      run.log(line);
      run.detail(line);
    };
    const { image, reused } = await builder.build({ source, onLog, signal: run.signal });
    run.detail(reused ? 'Unchanged source: the image it built before is used' : `Built ${image}`);
    return image;
  });
  run.skip('push', 'The build has put the image where the platform reads it');
  return image;
}

function keepImage(run: OperationRun): void {
  for (const id of IMAGE_STAGES) run.skip(id, 'The serving image is kept');
}

interface CreatedRevision {
  readonly remote: RemoteOperation;
  readonly before: ServiceState;
}

function createRevision(
  run: OperationRun,
  { order, image }: { readonly order: DeployOrder; readonly image: string | null },
): Promise<CreatedRevision> {
  const { provider } = run.session;
  return run.stage('revision', async () => {
    if (order.ready !== undefined) {
      run.detail('Waiting for the service that it calls');
      await order.ready(run.signal);
    }
    const before = await readServiceState(provider, order.service);
    const template = await templateFor(run, { order, before, image });
    // A service that nothing serves yet gives its first revision all traffic by itself: from here on
    // a cancel could not keep what it promises.
    if (before.serving === null) run.commit();
    run.signal.throwIfAborted();
    const remote = await provider.createRevision({
      service: order.service,
      template,
      deployId: run.id,
    });
    await run.follow(remote);
    run.detail(`Revision of ${order.service} created`);
    return { remote, before };
  });
}

async function templateFor(
  run: OperationRun,
  from: { order: DeployOrder; before: ServiceState; image: string | null },
): Promise<RevisionTemplate> {
  const { service, env } = from.order;
  const base = from.before.template;
  const image = from.image ?? base?.image;
  if (image === undefined) throw nothingToKeep(service);
  const upstreamUri = await upstreamUriOf(run.session.provider, service);
  return nextTemplate({ service, base, image, env, upstreamUri });
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

function startRevision(
  core: Core,
  run: OperationRun,
  { remote, before }: CreatedRevision,
): Promise<string> {
  const { provider } = run.session;
  return run.stage('ready', async () => {
    run.detail('Waiting for the start-up probe');
    const outcome = await provider.waitFor(remote, run.signal);
    const { latestCreatedRevision } = await provider.getService(remote.service);
    if (outcome.state === 'succeeded') {
      const revision = outcome.revision ?? latestCreatedRevision;
      if (revision === null) throw notReady(remote.service, 'the platform named no revision');
      run.detail(`${revision} is ready`);
      return revision;
    }
    if (latestCreatedRevision !== null) {
      await logLastLines(core, run, { service: remote.service, revision: latestCreatedRevision });
    }
    if (before.service?.traffic.followsLatest === true) await followLatestAgain(core, run, remote);
    throw notReady(latestCreatedRevision ?? remote.service, outcome.reason);
  });
}

/**
 * Cutting a revision pins the traffic where it is. After one that failed for good the service goes
 * back to following the latest ready revision, which is the one that serves: nothing moves.
 */
async function followLatestAgain(
  core: Core,
  run: OperationRun,
  { service }: RemoteOperation,
): Promise<void> {
  const { provider } = run.session;
  try {
    await provider.waitFor(await provider.setTraffic(service, { kind: 'latest' }), run.signal);
  } catch (error) {
    // The failure of the revision is the news; that the service stays pinned is shown anyway.
    core.ports.log.warn('a service stays pinned after a failed deploy', {
      service,
      error: String(error),
    });
  }
}

async function logLastLines(
  core: Core,
  run: OperationRun,
  of: { readonly service: string; readonly revision: string },
): Promise<void> {
  try {
    const { provider } = run.session;
    const lines = await provider.readLogs(of.service, of.revision, FAILURE_LOG_LINES);
    for (const { line } of lines) run.log(line);
  } catch (error) {
    // The reason of the failure is known without them.
    core.ports.log.warn('the logs of a failed revision could not be read', {
      revision: of.revision,
      error: String(error),
    });
  }
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${(bytes / 1000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function notReady(name: string, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `${name} did not become ready: ${reason}`,
    nextStep: 'Read its last log lines below, correct the cause and deploy again.',
  });
}

function nothingToKeep(service: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_FOUND',
    message: `${service} has no serving image to keep.`,
    nextStep: 'Deploy it with a build.',
  });
}
