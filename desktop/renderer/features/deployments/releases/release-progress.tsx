import type { ReactElement } from 'react';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { StageRail } from '../../../ui/stage-rail.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import { operationStatus } from '../../../ui/tone-of.ts';
import { useOperation } from '../use-operation.ts';

/** The release or rollback of the stack that runs, or the last one. */
export function ReleaseProgress({ operation }: { readonly operation: Operation }): ReactElement {
  const live = useOperation(operation.id).value;
  const shown = live === undefined || isTerminal(operation.state) ? operation : live;
  const { tone, word } = operationStatus(shown);
  return (
    <Panel title={shown.title} className="release-progress" aside={<Pill tone={tone}>{word}</Pill>}>
      <div className="panel-body">
        <StageRail stages={shown.stages} />
        {shown.error !== null && (
          <Banner tone="bad" word="Failed">
            <b>{shown.error.message}</b> {shown.error.nextStep}
          </Banner>
        )}
      </div>
    </Panel>
  );
}
