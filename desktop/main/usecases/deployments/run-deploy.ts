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

export interface DeployOrder extends ImageOrder, RevisionOrder {}

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
    return await moveTraffic(core, run, {
      service: order.service,
      revision,
      previous: run.progress.before?.serving ?? null,
      // A deploy ends with the new revision serving everything, also on a service that a rollback
      // had pinned: it follows the latest again, as the plan has said.
      wanted: { kind: 'latest' },
    });
  } catch (error) {
    if (run.signal.aborted) await undoCancelledCut(core, run, order.service);
    throw error;
  }
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
