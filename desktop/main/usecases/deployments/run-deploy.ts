import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { OperationResult } from '../../../shared/domain/operation.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import { becomeReady } from './become-ready.ts';
import type { RevisionOrder } from './cut-revision.ts';
import { cutRevision } from './cut-revision.ts';
import { undoCancelledCut } from './follow-latest-again.ts';
import type { ImageOrder } from './make-image.ts';
import { makeImage } from './make-image.ts';
import { moveTraffic } from './move-traffic.ts';

export interface DeployOrder extends ImageOrder, RevisionOrder {
  /** What becomes of a pin, when the service has one: see `pinned-choice.ts`. */
  readonly pinned?: DeployInput['pinned'];
}

/**
 * The steps of a deploy: package, upload, build, push, create revision, become ready, shift traffic,
 * verify. The same steps go on with a deploy that an earlier process began: each looks at what is
 * known before it asks for anything.
 */
export async function runDeploy(
  core: Core,
  run: OperationRun,
  order: DeployOrder,
): Promise<OperationResult> {
  try {
    const revision = await makeRevision(core, run, order);
    if (staysPinned(run, order)) return leaveWithoutTraffic(core, run, revision);
    return await moveTraffic(core, run, {
      service: order.service,
      revision,
      previous: run.progress.before?.serving ?? null,
      // Also on a service that was pinned: the operator has chosen that it follows its latest again.
      wanted: { kind: 'latest' },
    });
  } catch (error) {
    if (run.signal.aborted) await undoCancelledCut(core, run, order.service);
    throw error;
  }
}

/**
 * A human held the traffic where it is, and only a human lets go of it: without that decision the
 * new revision waits. What the console itself holds during a deploy is not written down as a pin.
 */
function staysPinned(run: OperationRun, { pinned }: DeployOrder): boolean {
  const { before } = run.progress;
  if (before === null || before.serving === null || before.followedLatest) return false;
  return pinned !== 'resume';
}

/** The end of a deploy that nobody is served by: never the same as one that was verified. */
function leaveWithoutTraffic(core: Core, run: OperationRun, revision: string): OperationResult {
  const previousRevision = run.progress.before?.serving ?? null;
  const why = `The service stays pinned to ${previousRevision ?? 'what serves'}`;
  run.skip('traffic', why);
  run.skip('verify', `${revision} gets no traffic: there is nothing to verify`);
  run.log(`${revision} is created and not serving. ${why} until Resume latest.`);
  const elapsedMs = core.ports.clock.now() - run.confirmedAt;
  const counts = { verifiedAnswers: 0, wantedAnswers: 0 };
  return { revision, previousRevision, ...counts, elapsedMs, notServing: true };
}

/** Everything but traffic: a new revision that is ready and serves nothing. Returns its name. */
export async function makeRevision(
  core: Core,
  run: OperationRun,
  order: DeployOrder,
): Promise<string> {
  const { revision, remoteName } = run.progress;
  if (revision !== null) return revision;
  const image = await makeImage(run, order);
  try {
    return await becomeReady(core, run, await cutRevision(core, run, { order, image }));
  } catch (error) {
    const lost = error instanceof DomainError && error.code === 'OPERATION_NOT_FOUND';
    if (!lost || remoteName === null) throw error;
    // The platform forgot the operation that an earlier process started, not what it made.
    await run.remember({ remoteName: null });
    return becomeReady(core, run, await cutRevision(core, run, { order, image }));
  }
}
