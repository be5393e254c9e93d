import { Check, Minus, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { STAGE_TITLES } from '../../shared/domain/operation.ts';
import type { Stage, StageState } from '../../shared/domain/operation.ts';
import { useNow } from '../api/use-now.ts';
import { elapsed } from './format-time.ts';

const MARKS: Readonly<Record<StageState, ReactElement | null>> = {
  pending: null,
  running: null,
  done: <Check aria-hidden />,
  failed: <X aria-hidden />,
  cancelled: <Minus aria-hidden />,
  skipped: <Minus aria-hidden />,
};

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

/** The stages of an operation from the first to the last, each with how long it took. */
export function StageRail({ stages }: { readonly stages: readonly Stage[] }): ReactElement {
  const now = useNow();
  return (
    <ol className="rail" aria-label="Stages">
      {stages.map((stage) => (
        <li
          key={stage.id}
          className={`rail-stage rail-${stage.state}`}
          aria-current={stage.state === 'running' ? 'step' : undefined}
        >
          <span className="rail-mark">{MARKS[stage.state]}</span>
          <div>
            <span className="rail-title">{STAGE_TITLES[stage.id]}</span>
            <span className="sr-only">{`, ${WORDS[stage.state]}`}</span>
            {stage.detail !== null && <span className="rail-detail">{stage.detail}</span>}
          </div>
          <span className="rail-time">{timeOf(stage, now)}</span>
        </li>
      ))}
    </ol>
  );
}
