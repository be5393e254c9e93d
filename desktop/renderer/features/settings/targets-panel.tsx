import type { ReactElement } from 'react';
import type { Target, TargetKind, TargetMode } from '../../../shared/domain/target.ts';
import { ErrorState, InlineError } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Tag } from '../../ui/status-dot.tsx';
import { useModeChange, useTargets } from './use-settings.ts';

const MODES: readonly { value: TargetMode; label: string }[] = [
  { value: 'normal', label: 'Normal' },
  { value: 'protected', label: 'Protected' },
  { value: 'read-only', label: 'Read-only' },
];

/** What each mode means; the main process enforces it, the views only show it. */
const EXPLANATIONS: Readonly<Record<TargetMode, string>> = {
  normal: 'Every change shows its plan and runs once it is confirmed.',
  protected: 'Every change also asks in a dialog of the system, which no page can answer.',
  'read-only': 'Nothing can be changed: the main process refuses, whatever the screen offers.',
};

const KINDS: Readonly<Record<TargetKind, string>> = {
  local: 'embedded local cloud',
  'cloud-run': 'Google Cloud Run',
};

/** The places that can be deployed to, with what may be done there. */
export function TargetsPanel(): ReactElement {
  const targets = useTargets();
  const change = useModeChange();
  return (
    <Panel title="Targets" className="settings-wide">
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
    </Panel>
  );
}

interface TargetLineProps {
  readonly target: Target;
  readonly isSelected: boolean;
  readonly mode: TargetMode;
  readonly onMode: (mode: TargetMode) => void;
}

function TargetLine({ target, isSelected, mode, onMode }: TargetLineProps): ReactElement {
  return (
    <li className="target-line">
      <div className="target-name">
        <span className={`class-mark class-${target.class}`}>{target.class.toUpperCase()}</span>
        <b>{target.name}</b>
        <span className="meta">{KINDS[target.kind]}</span>
        {isSelected && <Tag tone="accent">Selected</Tag>}
      </div>
      <Segmented
        label={`Mode of ${target.name}`}
        segments={MODES}
        value={mode}
        onChange={(next) => {
          if (next !== mode) onMode(next);
        }}
      />
      <p className="sub" role="status">
        {EXPLANATIONS[mode]}
      </p>
    </li>
  );
}
