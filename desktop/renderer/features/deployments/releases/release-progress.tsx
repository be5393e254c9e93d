import type { ReactElement } from 'react';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import { Panel } from '../../../ui/panel.tsx';
import { StageRail } from '../../../ui/stage-rail.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import { operationStatus } from '../../../ui/tone-of.ts';
import { OperationOutcome } from '../operation-outcome.tsx';
import { useOperation } from '../use-operation.ts';

/** The release, rollback or switch of the backend that runs, or the last one. */
export function ReleaseProgress({ operation }: { readonly operation: Operation }): ReactElement {
  const live = useOperation(operation.id).value;
  // The list is the first to know an end; only the operation's own stream has its log.
  const isBehind = live === undefined || (isTerminal(operation.state) && !isTerminal(live.state));
  const shown = isBehind ? operation : live;
  const { tone, word } = operationStatus(shown);
  return (
    <Panel title={shown.title} className="release-progress" aside={<Pill tone={tone}>{word}</Pill>}>
      <div className="panel-body">
        <StageRail stages={shown.stages} />
        <OperationOutcome operation={shown} undoTo={null} onUndo={noUndo} />
        <WhereItCameTo operation={shown} />
      </div>
    </Panel>
  );
}

/** The way back is the button of the release's row. */
function noUndo(): void {
  // `undoTo` is null: there is nothing to press.
}

/** Where a failure has left the pair, in the operation's own last words. */
function WhereItCameTo({ operation }: { readonly operation: Operation }): ReactElement | null {
  const last = operation.log.at(-1)?.line;
  if (operation.state !== 'failed' || operation.release === null || last === undefined) return null;
  return <p className="sub">{last}</p>;
}
