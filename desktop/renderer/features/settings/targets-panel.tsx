import { useState } from 'react';
import type { ReactElement } from 'react';
import { Button } from '../../ui/button.tsx';
import { ErrorState, InlineError } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { TargetDialog } from './target-dialog.tsx';
import { TargetLine } from './target-line.tsx';
import { useModeChange, useTargets } from './use-settings.ts';

/** The places that can be deployed to, with what may be done there. */
export function TargetsPanel(): ReactElement {
  const targets = useTargets();
  const change = useModeChange();
  const [isAdding, setAdding] = useState(false);
  return (
    <Panel
      title="Targets"
      className="settings-wide"
      end={
        <Button small onClick={() => setAdding(true)}>
          Add target…
        </Button>
      }
    >
      {targets.data === undefined &&
        (targets.isError ? (
          <ErrorState
            error={targets.error}
            what="The targets could not be read"
            onRetry={() => {
              targets.refetch().catch(reportError);
            }}
          />
        ) : (
          <SkeletonLines lines={2} label="Reading the targets" />
        ))}
      <ul className="targets">
        {targets.data?.targets.map((target) => (
          <TargetLine
            key={target.id}
            target={target}
            isSelected={target.id === targets.data.selected}
            mode={change.pending?.id === target.id ? change.pending.mode : target.mode}
            onMode={(mode) => change.setMode(target.id, mode)}
          />
        ))}
      </ul>
      {change.error !== null && (
        <div className="panel-body">
          <InlineError error={change.error} />
        </div>
      )}
      {isAdding && <TargetDialog target={null} onClose={() => setAdding(false)} />}
    </Panel>
  );
}
