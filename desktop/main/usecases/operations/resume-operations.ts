import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import { CONSOLE_ACTOR, recordAudit } from '../audit/record-audit.ts';
import type { Core } from '../core.ts';
import { selectedTarget } from '../core.ts';
import { lookHowItEnded, outcomeUnknown } from './look-how-it-ended.ts';
import { withOperation } from './operation-edits.ts';
import type { OperationRun, OperationSteps } from './operation-run.ts';
import { RESUMABLE } from './resumable.ts';

/** How long a platform may take to come back before an operation's outcome counts as unknown. */
const REACHABLE_WITHIN_MS = 120_000;
const RETRY_MS = 250;
/** What was left longer ago is only looked at: nobody expects Friday's deploy on Monday. */
const GONE_ON_WITHIN_MS = 60 * 60_000;

/**
 * At start: shows what the journal remembers, and brings what was left running to its true end. What
 * the platform was asked for is followed; nothing is asked for a second time.
 */
export async function resumeOperations(core: Core): Promise<void> {
  const { journalRead } = core.memory;
  journalRead.set(false);
  try {
    const { entries, unreadable } = await core.ports.journal.readAll();
    if (unreadable > 0) await recordDamage(core, unreadable);
    for (const entry of entries) {
      if (isTerminal(entry.operation.state)) remember(core, entry);
      else core.runner.adopt(entry, stepsAfterRestart(core, entry));
    }
  } finally {
    journalRead.set(true);
  }
}

/** The journal is on a disk that lost something: that belongs where the operator looks. */
function recordDamage(core: Core, unreadable: number): Promise<void> {
  return recordAudit(core.ports, {
    at: core.ports.clock.now(),
    actor: CONSOLE_ACTOR,
    target: selectedTarget(core).id,
    action: 'journal.repaired',
    subject: '',
    outcome: 'failed',
    detail: `${String(unreadable)} lines of the operations journal could not be read and were left out; a copy is kept`,
  });
}

function remember(core: Core, { operation }: JournalEntry): void {
  const { operations } = core.memory;
  operations.set(withOperation(operations.value, operation));
}

function stepsAfterRestart(core: Core, entry: JournalEntry): OperationSteps {
  const { operation, order } = entry;
  // A canary may stand at a step for hours; it looks at what serves and judges anew before it moves.
  const isRecent =
    operation.kind === 'canary' ||
    core.ports.clock.now() - lastSignOf(operation) < GONE_ON_WITHIN_MS;
  const goOn = isRecent ? (RESUMABLE[operation.kind]?.(core, order) ?? null) : null;
  return async (run) => {
    run.log('The console was restarted; going on with what the platform was asked to do.');
    await untilReachable(core, run);
    return goOn === null ? lookHowItEnded(core, run, entry) : goOn(run);
  };
}

function lastSignOf({ createdAt, stages }: Operation): number {
  return Math.max(createdAt, ...stages.map(({ startedAt }) => startedAt ?? 0));
}

/** The local cloud starts beside the console: it may need a moment. */
async function untilReachable(core: Core, run: OperationRun): Promise<void> {
  const { clock } = core.ports;
  const deadline = clock.now() + REACHABLE_WITHIN_MS;
  for (;;) {
    const reach = await run.session.reachability();
    if (reach.reachable) return;
    if (clock.now() >= deadline) {
      throw outcomeUnknown({ code: 'TARGET_UNREACHABLE', message: reach.reason });
    }
    // A cancelled operation waits too: what it left behind has to be put in order.
    await clock.sleep(RETRY_MS, new AbortController().signal);
  }
}
