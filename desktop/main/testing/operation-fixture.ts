import type { Operation } from '../../shared/domain/operation.ts';
import type { JournalEntry } from '../ports/operation-journal.ts';
import { NO_PROGRESS } from '../ports/operation-journal.ts';
import { queued } from '../usecases/operations/operation-edits.ts';

/** An operation as it is when it has just been asked for. */
export function queuedOperation(id: string): Operation {
  return queued({
    id,
    kind: 'deploy',
    target: 'local',
    service: 'backend',
    title: 'Deploy backend',
    createdAt: 1,
    usualMs: null,
    usualStages: new Map(),
  });
}

/** It as the journal keeps it, with nothing asked for yet. */
export function journalEntry(operation: Operation): JournalEntry {
  return { operation, order: null, progress: NO_PROGRESS };
}
