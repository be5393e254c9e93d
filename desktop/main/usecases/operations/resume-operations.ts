import type { OperationResult, StageId } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import type { RemoteOutcome } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import type { Core } from '../core.ts';
import { verifyMove } from '../deployments/move-traffic.ts';
import { findService } from '../deployments/read-service.ts';
import type { OperationRun } from './operation-run.ts';
import { Interrupted } from './operation-runner.ts';
import { withOperation } from './operation-edits.ts';

/** How long a platform may take to come back before an operation's outcome counts as unknown. */
const REACHABLE_WITHIN_MS = 120_000;
const RETRY_MS = 500;
/** Stages in which the platform may have been asked for something. */
const ASKED_IN: ReadonlySet<StageId | null> = new Set(['revision', 'ready', 'traffic', 'verify']);

/**
 * At start: shows what the journal remembers and follows what was left running to its true end.
 * Nothing is ever applied a second time: this only waits, looks and verifies.
 */
export async function resumeOperations(core: Core): Promise<void> {
  const entries = await core.ports.journal.readAll();
  for (const entry of entries) {
    if (isTerminal(entry.operation.state)) remember(core, entry);
    else core.runner.adopt(entry, (run) => followToItsEnd(core, run, entry));
  }
}

function remember(core: Core, { operation }: JournalEntry): void {
  const { operations } = core.memory;
  operations.set(withOperation(operations.value, operation));
}

async function followToItsEnd(
  core: Core,
  run: OperationRun,
  entry: JournalEntry,
): Promise<OperationResult> {
  run.log('The console was restarted; following what the platform was asked to do.');
  const stage = runningStage(entry);
  if (!ASKED_IN.has(stage)) throw nothingAsked(entry);
  const outcome = await remoteOutcome(core, run, entry);
  if (outcome?.state === 'failed') throw remoteFailed(entry, outcome.reason);
  if (stage === 'traffic' || stage === 'verify') return verifyWhatServes(core, run, entry);
  const made = outcome?.revision ?? null;
  // The first revision of a service gets its traffic by itself.
  if (made === null || made !== (await serving(run, entry))) throw notServing(entry, made);
  return verifyWhatServes(core, run, { ...entry, revision: made });
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
  if (entry.revision === null || now !== entry.revision) {
    throw interrupted(
      `Traffic of ${service} was to move to ${entry.revision ?? 'a new revision'}, but ${now ?? 'nothing'} serves.`,
      'Look at the revisions and repeat it if you still want it.',
    );
  }
  run.commit();
  return verifyMove(core, run, { service, revision: entry.revision, previous: null });
}

/** The end of the platform's operation; null when the console stopped before it knew its name. */
async function remoteOutcome(
  core: Core,
  run: OperationRun,
  entry: JournalEntry,
): Promise<RemoteOutcome | null> {
  const { clock } = core.ports;
  const { remoteName: name, operation } = entry;
  const deadline = clock.now() + REACHABLE_WITHIN_MS;
  for (;;) {
    try {
      if (name === null) return null;
      return await run.session.provider.waitFor({ name, service: operation.service }, run.signal);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === 'OPERATION_NOT_FOUND') return null;
      if (error.code !== 'TARGET_UNREACHABLE' || clock.now() >= deadline) throw unknown(error);
      await clock.sleep(RETRY_MS, run.signal);
    }
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
    message: `${entry.revision ?? `The new revision of ${entry.operation.service}`} did not become ready: ${reason}`,
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

function unknown(cause: DomainError): Interrupted {
  return new Interrupted({
    code: cause.code,
    message: `How it ended could not be found out: ${cause.message}`,
    nextStep: 'Look at the service when the platform answers again.',
    cause,
  });
}

function interrupted(message: string, nextStep: string): Interrupted {
  return new Interrupted({ code: 'CANCELLED', message, nextStep });
}
