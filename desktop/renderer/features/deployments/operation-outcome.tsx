import type { ReactElement } from 'react';
import type { Operation } from '../../../shared/domain/operation.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { elapsed } from '../../ui/format-time.ts';
import { StatusDot } from '../../ui/status-dot.tsx';

interface OperationOutcomeProps {
  readonly operation: Operation;
  /** Revision that an undo would go back to, null when there is nothing to undo. */
  readonly undoTo: string | null;
  readonly onUndo: (revision: string) => void;
}

/** How it ended: what was proven, or the cause and the next step. Nothing while it runs. */
export function OperationOutcome(props: OperationOutcomeProps): ReactElement | null {
  const { operation, undoTo, onUndo } = props;
  if (operation.error !== null) return <Failure operation={operation} error={operation.error} />;
  if (operation.state === 'cancelled') {
    return <p className="sub">Cancelled. The serving revision was left as it is.</p>;
  }
  if (operation.state === 'interrupted') {
    return (
      <p className="sub">
        The console stopped while it ran and its end is not known. Look at what serves now.
      </p>
    );
  }
  if (operation.result === null) return null;
  const { revision, verifiedAnswers, wantedAnswers, elapsedMs } = operation.result;
  return (
    <div className="outcome" role="status">
      <p>
        <StatusDot tone="ok" /> <span className="mono">{revision}</span>{' '}
        <b>
          {`verified ${String(verifiedAnswers)} of ${String(wantedAnswers)} in ${elapsed(elapsedMs)}`}
        </b>
      </p>
      {undoTo !== null && (
        <Button small title={`Roll back to ${undoTo}`} onClick={() => onUndo(undoTo)}>
          Undo…
        </Button>
      )}
    </div>
  );
}

interface FailureProps {
  readonly operation: Operation;
  readonly error: NonNullable<Operation['error']>;
}

function Failure({ operation, error }: FailureProps): ReactElement {
  const lines = operation.log.map(({ line }) => line);
  const details = [`${error.code}: ${error.message}`, error.nextStep, ...lines].join('\n');
  return (
    <div className="inline-error" role="alert">
      <StatusDot tone="bad" />
      <div className="grow">
        <b>{/[.!?]$/.test(error.message) ? error.message : `${error.message}.`}</b> {error.nextStep}
        <div className="meta mono">{error.code}</div>
      </div>
      <CopyButton text={details} label="Copy details" />
    </div>
  );
}
