import type { Operation, StageId, UsualTime } from '../../../shared/domain/operation.ts';
import type { ServiceOfTarget } from './operation-edits.ts';
import { isOn } from './operation-edits.ts';

/** How many of the newest successes the range is taken from, and how few are not enough. */
const RECENT = 10;
const ENOUGH = 2;

/** Operations that can be compared: the same kind on the same service of the same target. */
export interface Alike extends ServiceOfTarget {
  readonly kind: Operation['kind'];
}

/**
 * How long such an operation usually takes: the range of the last successes of the same kind on the
 * same service, without the slowest and the quickest fifth. Null without enough history.
 *
 * @param history newest first
 */
export function usualDuration(history: readonly Operation[], alike: Alike): UsualTime | null {
  return rangeOf(successesLike(history, alike).map(({ result }) => result?.elapsedMs ?? null));
}

/** The same for each stage by itself; a stage that was skipped then says nothing. */
export function usualStages(
  history: readonly Operation[],
  alike: Alike,
): ReadonlyMap<StageId, UsualTime | null> {
  const stages = successesLike(history, alike).flatMap((operation) => operation.stages);
  const ids = [...new Set(stages.map(({ id }) => id))];
  return new Map(
    ids.map((id) => [id, rangeOf(stages.filter((stage) => stage.id === id).map(stageMs))]),
  );
}

/** One that went on after a restart says how long nobody was there, not how long it takes. */
function successesLike(history: readonly Operation[], alike: Alike): readonly Operation[] {
  return history.filter(
    (operation) =>
      operation.kind === alike.kind &&
      isOn(operation, alike) &&
      operation.result !== null &&
      operation.restarted !== true,
  );
}

function stageMs(stage: Operation['stages'][number]): number | null {
  const { state, startedAt, endedAt } = stage;
  return state !== 'done' || startedAt === null || endedAt === null ? null : endedAt - startedAt;
}

function rangeOf(newestFirst: readonly (number | null)[]): UsualTime | null {
  const durations = newestFirst
    .filter((duration) => duration !== null)
    .slice(0, RECENT)
    .sort((a, b) => a - b);
  if (durations.length < ENOUGH) return null;
  const cut = Math.floor(durations.length / 5);
  const kept = durations.slice(cut, durations.length - cut);
  return { low: Math.round(kept[0] ?? 0), high: Math.round(kept.at(-1) ?? 0) };
}
