import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';

/** How long the platform may take with what a cancelled deploy had asked of it. */
const SETTLED_WITHIN_MS = 180_000;

/**
 * Cutting a revision pins the traffic where it is. After one that failed for good the service goes
 * back to following the latest ready revision, which is the one that serves: nothing moves.
 */
export async function followLatestAgain(
  core: Core,
  run: OperationRun,
  service: string,
): Promise<void> {
  const { provider } = run.session;
  try {
    const remote = await provider.setTraffic(service, { kind: 'latest' });
    const outcome = await provider.waitFor(remote, unhurried());
    if (outcome.state === 'failed') throw new Error(outcome.reason);
  } catch (error) {
    // The failure of the revision is the news; that the service stays pinned is shown anyway.
    core.ports.log.warn('a service stays pinned after a failed deploy', {
      service,
      error: String(error),
    });
  }
}

/**
 * After a cancel: the service keeps what serves, and a service that followed its latest revision
 * follows it again. The cancelled revision must not become that latest one, so when it got ready
 * all the same, what serves is put on top of it as a revision of its own.
 */
export async function undoCancelledCut(
  core: Core,
  run: OperationRun,
  service: string,
): Promise<void> {
  const { before, remoteName } = run.progress;
  const serving = before?.serving ?? null;
  if (serving === null || remoteName === null) return;
  if (before?.followedLatest !== true) {
    run.log(`Cancelled: ${service} stays pinned to ${serving}, as it was before.`);
    return;
  }
  try {
    run.log(`Cancelled: waiting until the platform is done with the revision of ${service}.`);
    const copy = await coverCancelled(run, { service, serving, remoteName });
    await followLatestAgain(core, run, service);
    run.log(
      copy === null
        ? `${service} stays on ${serving} and follows its latest revision again.`
        : `${service} follows its latest revision again: ${copy}, the same as ${serving}.`,
    );
  } catch (error) {
    core.ports.log.warn('a service stays pinned after a cancelled deploy', {
      service,
      error: String(error),
    });
    run.log(`${service} stays on ${serving} and is pinned to it until Resume latest.`);
  }
}

/** Name of the revision that was put on top of the cancelled one, null when that never got ready. */
async function coverCancelled(
  { id, session: { provider } }: OperationRun,
  of: { readonly service: string; readonly serving: string; readonly remoteName: string },
): Promise<string | null> {
  const { service, serving, remoteName } = of;
  const cancelled = await provider.waitFor({ name: remoteName, service }, unhurried());
  if (cancelled.state === 'failed') return null;
  const revisions = await provider.listRevisions(service);
  const template = revisions.find(({ name }) => name === serving)?.template;
  if (template === undefined) throw notThere(serving);
  const remote = await provider.createRevision({ service, template, deployId: `${id}-undo` });
  const outcome = await provider.waitFor(remote, unhurried());
  if (outcome.state === 'failed') throw new Error(outcome.reason);
  return outcome.revision ?? serving;
}

function unhurried(): AbortSignal {
  return AbortSignal.timeout(SETTLED_WITHIN_MS);
}

function notThere(revision: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_FOUND',
    message: `The platform has no revision ${revision}.`,
    nextStep: 'Look at the revisions of the service.',
  });
}
