import type { Operation, OperationKind } from '../../../shared/domain/operation.ts';

/** How many of the newest successes the range is taken from, and how few are not enough. */
const RECENT = 10;
const ENOUGH = 2;

/**
 * How long such an operation usually takes: the range of the last successes of the same kind on the
 * same service, without the slowest and the quickest fifth. Null without enough history.
 *
 * @param history newest first
 */
export function usualDuration(
  history: readonly Operation[],
  kind: OperationKind,
  service: string,
): Operation['usualMs'] {
  const durations = history
    .filter((operation) => operation.kind === kind && operation.service === service)
    .flatMap((operation) => (operation.result === null ? [] : [operation.result.elapsedMs]))
    .slice(0, RECENT)
    .sort((a, b) => a - b);
  if (durations.length < ENOUGH) return null;
  const cut = Math.floor(durations.length / 5);
  const kept = durations.slice(cut, durations.length - cut);
  return { low: Math.round(kept[0] ?? 0), high: Math.round(kept.at(-1) ?? 0) };
}
