import type { ReactElement } from 'react';
import type { CanaryState } from '../../../../shared/domain/canary.ts';
import type { StageState } from '../../../../shared/domain/operation.ts';
import { useNow } from '../../../api/use-now.ts';
import { wholePercent } from '../../../ui/format-number.ts';
import { stepsOf } from './canary-view.ts';
import { RailMark } from '../../../ui/rail-mark.tsx';

const WORDS: Readonly<Record<StageState, string>> = {
  pending: 'to come',
  running: 'now',
  done: 'passed',
  failed: 'stopped here',
  cancelled: 'cancelled',
  skipped: 'not reached',
};

/** The weights from the first to 100 %, and where the canary stands. */
export function CanarySteps({ state }: { readonly state: CanaryState }): ReactElement {
  const now = useNow();
  const isHeld = state.hold !== null && state.end === null;
  return (
    <ol className={isHeld ? 'rail canary-rail canary-held' : 'rail canary-rail'} aria-label="Steps">
      {stepsOf(state, now).map((step) => (
        <li
          key={step.percent}
          className={`rail-stage rail-${step.state}`}
          aria-current={step.state === 'running' ? 'step' : undefined}
        >
          <RailMark state={step.state} />
          <div>
            <span className="rail-title">{wholePercent(step.percent)}</span>
            <span className="sr-only">{`, ${WORDS[step.state]}`}</span>
            {step.detail !== null && <span className="rail-detail">{step.detail}</span>}
          </div>
        </li>
      ))}
    </ol>
  );
}
