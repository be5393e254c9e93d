import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import type { CutRevision } from './cut-revision.ts';
import { fixFor } from './failure-fix.ts';
import { followLatestAgain } from './follow-latest-again.ts';

/** How many of a failed revision's last log lines are shown with the failure. */
const FAILURE_LOG_LINES = 20;

/** The stage "ready": the platform starts the revision, and its start-up probe passes or not. */
export function becomeReady(
  core: Core,
  run: OperationRun,
  { remote, before }: CutRevision,
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
      await run.aimAt(revision);
      return revision;
    }
    if (latestCreatedRevision !== null) {
      await logLastLines(core, run, { service: remote.service, revision: latestCreatedRevision });
    }
    // The latest ready revision is the one that serves: nothing moves.
    if (before.followedLatest && before.serving !== null) {
      await followLatestAgain(core, run, remote.service);
    }
    throw notReady(latestCreatedRevision ?? remote.service, outcome.reason);
  });
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

function notReady(name: string, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `${name} did not become ready: ${reason}`,
    nextStep: fixFor(reason),
  });
}
