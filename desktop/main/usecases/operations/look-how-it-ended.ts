import type { OperationResult, StageId } from '../../../shared/domain/operation.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { RemoteOutcome } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import type { Core } from '../core.ts';
import { verifyMove } from '../deployments/move-traffic.ts';
import { findService } from '../deployments/read-service.ts';
import { Interrupted, interrupted } from './interrupted.ts';
import type { OperationRun } from './operation-run.ts';

/** Stages in which the platform may have been asked for something. */
const ASKED_IN: ReadonlySet<StageId | null> = new Set(['revision', 'ready', 'traffic', 'verify']);

/**
 * Finds out how an operation ended that can't be gone on with: because it is too old, or because
 * what was ordered isn't known. Asks for nothing: it only waits, looks and verifies.
 */
export async function lookHowItEnded(
  core: Core,
  run: OperationRun,
  entry: JournalEntry,
): Promise<OperationResult> {
  const stage = runningStage(entry);
  if (!ASKED_IN.has(stage)) throw nothingAsked(entry);
  const outcome = await remoteOutcome(run, entry);
  if (outcome?.state === 'failed') throw remoteFailed(entry, outcome.reason);
  if (stage === 'traffic' || stage === 'verify') return verifyWhatServes(core, run, entry);
  const made = outcome?.revision ?? null;
  // The first revision of a service gets its traffic by itself.
  if (made === null || made !== (await serving(run, entry))) throw notServing(entry, made);
  return verifyWhatServes(core, run, { ...entry, progress: { ...entry.progress, revision: made } });
}

/** The revision that serves now, null when none does or the service isn't there. */
async function serving(run: OperationRun, { operation }: JournalEntry): Promise<string | null> {
  const service = await findService(run.session.provider, operation.service);
  return service === null ? null : servingRevision(service);
}

/** Once the traffic call was made, what really serves decides, not what the journal hoped for. */
async function verifyWhatServes(
  core: Core,
  run: OperationRun,
  entry: JournalEntry,
): Promise<OperationResult> {
  const { service } = entry.operation;
  const now = await serving(run, entry);
  if (entry.progress.revision === null || now !== entry.progress.revision) {
    throw interrupted(
      `Traffic of ${service} was to move to ${entry.progress.revision ?? 'a new revision'}, but ${now ?? 'nothing'} serves.`,
      'Look at the revisions and repeat it if you still want it.',
    );
  }
  run.commit();
  return verifyMove(core, run, { service, revision: entry.progress.revision, previous: null });
}

/** The end of the platform's operation; null when the console stopped before it knew its name. */
async function remoteOutcome(
  run: OperationRun,
  { operation, progress: { remoteName: name } }: JournalEntry,
): Promise<RemoteOutcome | null> {
  if (name === null) return null;
  try {
    return await run.session.provider.waitFor({ name, service: operation.service }, run.signal);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'OPERATION_NOT_FOUND') return null;
    throw outcomeUnknown(error);
  }
}

function runningStage({ operation }: JournalEntry): StageId | null {
  const begun = operation.stages.filter((stage) => stage.startedAt !== null);
  return begun.at(-1)?.id ?? null;
}

function nothingAsked({ operation }: JournalEntry): Interrupted {
  return interrupted(
    `The console stopped before the platform was asked for anything; ${operation.service} is unchanged.`,
    'Start it again if you still want it.',
  );
}

function remoteFailed(entry: JournalEntry, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `${entry.progress.revision ?? `The new revision of ${entry.operation.service}`} did not become ready: ${reason}`,
    nextStep: 'Correct the cause and deploy again.',
  });
}

function notServing({ operation: { service } }: JournalEntry, made: string | null): Interrupted {
  return made === null
    ? interrupted(
        `The console stopped while a revision of ${service} was being created; its traffic did not move.`,
        'Look at the revisions and deploy again if you still want it.',
      )
    : interrupted(
        `${made} was created and is ready, but the console stopped before its traffic moved.`,
        `Roll ${service} to ${made}, or deploy again.`,
      );
}

/** The end of an operation whose platform does not answer. */
export function outcomeUnknown(cause: Pick<DomainError, 'code' | 'message'>): Interrupted {
  return new Interrupted({
    code: cause.code,
    message: `How it ended could not be found out: ${cause.message}`,
    nextStep: 'Look at the service when the platform answers again.',
    cause,
  });
}
