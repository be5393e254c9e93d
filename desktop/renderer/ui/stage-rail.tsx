import type { ReactElement } from 'react';
import { STAGE_TITLES } from '../../shared/domain/operation.ts';
import type { Stage, StageState } from '../../shared/domain/operation.ts';
import { useNow } from '../api/use-now.ts';
import { elapsed, usual } from './format-time.ts';
import { RailMark } from './rail-mark.tsx';

const WORDS: Readonly<Record<StageState, string>> = {
  pending: 'not started',
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
};

function timeOf(stage: Stage, now: number): string | null {
  if (stage.startedAt === null) return null;
  if (stage.endedAt !== null) return elapsed(stage.endedAt - stage.startedAt);
  return stage.state === 'running' ? elapsed(Math.max(0, now - stage.startedAt)) : null;
}

/** Longer than usual by this much is worth a look. */
const OVERDUE = 1.5;

/** How long it took or takes, and how long it usually does. */
function StageTimes({ stage, now }: { readonly stage: Stage; readonly now: number }): ReactElement {
  const { state, startedAt, endedAt, usualMs } = stage;
  const took = startedAt === null ? 0 : (endedAt ?? now) - startedAt;
  const isOverdue = state === 'running' && usualMs !== null && took > usualMs.high * OVERDUE;
  return (
    <span className="rail-times">
      <span className="rail-time">{timeOf(stage, now)}</span>
      {usualMs !== null && state !== 'skipped' && (
        <span className={isOverdue ? 'rail-usual rail-overdue' : 'rail-usual'}>
          {isOverdue ? `longer than ${usual(usualMs)}` : usual(usualMs)}
        </span>
      )}
    </span>
  );
}

/** Where the eye has to be. */
const NOTABLE: ReadonlySet<StageState> = new Set(['running', 'failed']);

function keepInView(stage: HTMLLIElement | null): void {
  // Only as far as needed, and only in what scrolls around it.
  stage?.scrollIntoView({ block: 'nearest' });
}

/** The stages of an operation from the first to the last, each with how long it took. */
export function StageRail({ stages }: { readonly stages: readonly Stage[] }): ReactElement {
  const now = useNow();
  return (
    <ol className="rail" aria-label="Stages">
      {stages.map((stage) => (
        <li
          key={stage.id}
          className={`rail-stage rail-${stage.state}`}
          ref={NOTABLE.has(stage.state) ? keepInView : undefined}
          aria-current={stage.state === 'running' ? 'step' : undefined}
        >
          <RailMark state={stage.state} />
          <div>
            <span className="rail-title">{STAGE_TITLES[stage.id]}</span>
            <span className="sr-only">{`, ${WORDS[stage.state]}`}</span>
            {stage.detail !== null && (
              <span className="rail-detail" title={stage.detail}>
                {stage.detail}
              </span>
            )}
          </div>
          <StageTimes stage={stage} now={now} />
        </li>
      ))}
    </ol>
  );
}
