import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Target, TargetClass, TargetKind, TargetMode } from '../../../shared/domain/target.ts';
import { Button } from '../../ui/button.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Tag } from '../../ui/status-dot.tsx';
import { ClassMark } from '../../ui/target-mark.tsx';
import { AccessFindings } from './access-findings.tsx';
import { DifferencesDialog } from './differences-dialog.tsx';
import { SignInLine } from './sign-in-line.tsx';
import { TargetDialog } from './target-dialog.tsx';
import { useClassChange, useRemoveTarget } from './use-targets.ts';

const MODES: readonly { value: TargetMode; label: string }[] = [
  { value: 'normal', label: 'Normal' },
  { value: 'protected', label: 'Protected' },
  { value: 'read-only', label: 'Read-only' },
];
const CLASSES: readonly { value: TargetClass; label: string }[] = [
  { value: 'dev', label: 'Dev' },
  { value: 'stage', label: 'Stage' },
  { value: 'prod', label: 'Prod' },
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

function placeOf({ kind, project, region }: Target): string {
  return project === null || region === null ? KINDS[kind] : `${project} in ${region}`;
}

interface TargetLineProps {
  readonly target: Target;
  readonly isSelected: boolean;
  readonly mode: TargetMode;
  readonly onMode: (mode: TargetMode) => void;
}

/** One target: where it is, how careful the console is there, and who it is there. */
export function TargetLine({ target, isSelected, mode, onMode }: TargetLineProps): ReactElement {
  const change = useClassChange();
  const shownClass = change.isPending ? change.variables.class : target.class;
  return (
    <li className="target-line">
      <div className="target-name">
        <ClassMark target={{ class: shownClass }} />
        <b>{target.name}</b>
        <span className="meta">{placeOf(target)}</span>
        {isSelected && <Tag tone="accent">Selected</Tag>}
      </div>
      <div className="target-choices">
        <Segmented
          label={`Class of ${target.name}`}
          segments={CLASSES}
          value={shownClass}
          onChange={(next) => {
            if (next !== target.class && !change.isPending) {
              change.mutate({ id: target.id, class: next });
            }
          }}
        />
        <Segmented
          label={`Mode of ${target.name}`}
          segments={MODES}
          value={mode}
          onChange={(next) => {
            if (next !== mode) onMode(next);
          }}
        />
      </div>
      <p className="sub" role="status">
        {EXPLANATIONS[mode]}
      </p>
      {change.error !== null && <InlineError error={change.error} />}
      {target.kind === 'cloud-run' ? (
        <RemotePart target={target} />
      ) : (
        <StandInPart target={target} />
      )}
    </li>
  );
}

/** What only the target on this machine has: it stands in for the platform and isn't it. */
function StandInPart({ target }: { readonly target: Target }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="target-remote">
      <div className="row">
        <Button small onClick={() => setOpen(true)}>
          What differs from Cloud Run…
        </Button>
      </div>
      {isOpen && (
        <DifferencesDialog id={target.id} name={target.name} onClose={() => setOpen(false)} />
      )}
    </div>
  );
}

function RemotePart({ target }: { readonly target: Target }): ReactElement {
  const [shown, setShown] = useState<'edit' | 'access' | null>(null);
  const remove = useRemoveTarget();
  const hide = (): void => setShown(null);
  return (
    <div className="target-remote">
      <SignInLine target={target} />
      <div className="row">
        <Button small onClick={() => setShown('access')}>
          Check access
        </Button>
        <Button small onClick={() => setShown('edit')}>
          Edit…
        </Button>
        <Button small busy={remove.isPending} onClick={() => remove.mutate({ id: target.id })}>
          Remove…
        </Button>
      </div>
      {remove.error !== null && <InlineError error={remove.error} />}
      {shown === 'access' && <AccessFindings id={target.id} name={target.name} onClose={hide} />}
      {shown === 'edit' && <TargetDialog target={target} onClose={hide} />}
    </div>
  );
}
