import type { Operation } from '../../../shared/domain/operation.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import type { Core } from '../core.ts';
import { withoutLogs } from './list-operations.ts';
import { operationNotFound } from './operation-runner.ts';

/** The page gets at most one list per this time, however fast a build talks. */
const COALESCE_MS = 50;

/** The list at once and after every change. */
export async function* watchOperations(
  core: Core,
  signal: AbortSignal,
): AsyncGenerator<Operation[], void> {
  for await (const operations of core.memory.operations.watch(signal)) {
    yield withoutLogs(operations);
    await pause(core, signal);
  }
}

/** One operation with its log, until it has ended. Throws OPERATION_NOT_FOUND. */
export async function* watchOperation(
  core: Core,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Operation, void> {
  await untilJournalRead(core, signal);
  let shown: Operation | null = null;
  for await (const operations of core.memory.operations.watch(signal)) {
    const operation = operations.find((candidate) => candidate.id === id);
    if (operation === undefined) throw operationNotFound(id);
    if (operation === shown) continue;
    shown = operation;
    yield operation;
    if (isTerminal(operation.state)) return;
    await pause(core, signal);
  }
}

/** Whoever asks right after the start may ask for one that only the journal knows yet. */
async function untilJournalRead(core: Core, signal: AbortSignal): Promise<void> {
  for await (const isRead of core.memory.journalRead.watch(signal)) if (isRead) return;
}

async function pause(core: Core, signal: AbortSignal): Promise<void> {
  // An abort ends the wait early; the loop above notices it by itself.
  await core.ports.clock.sleep(COALESCE_MS, signal).catch(() => undefined);
}
