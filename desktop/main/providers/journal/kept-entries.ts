import { isTerminal } from '../../../shared/domain/operation.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';

/** As many as a list shows keep their logs. */
const WITH_LOG = 50;
/** More are kept without: what changed lately. */
const NEWEST = 200;
/** Of each kind on each service so many successes stay, however old: usual times come from them. */
const SUCCESSES = 10;

/**
 * What of a journal is worth its room, in the order in which it came: everything that has not ended,
 * what is newest, and the successes that usual times are taken from.
 */
export function keptEntries(oldestFirst: readonly JournalEntry[]): readonly JournalEntry[] {
  const successes = new Map<string, number>();
  const kept = oldestFirst.toReversed().flatMap((entry, index) => {
    const { operation } = entry;
    const alike = [operation.kind, operation.target, operation.service].join(' ');
    const nth = (successes.get(alike) ?? 0) + 1;
    if (operation.state === 'succeeded') successes.set(alike, nth);
    if (!isTerminal(operation.state) || index < WITH_LOG) return [entry];
    const isTimed = operation.state === 'succeeded' && nth <= SUCCESSES;
    return index < NEWEST || isTimed ? [{ ...entry, operation: { ...operation, log: [] } }] : [];
  });
  return kept.reverse();
}
