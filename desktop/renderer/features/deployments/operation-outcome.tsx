import type { ReactElement } from 'react';
import type { Operation, OperationResult } from '../../../shared/domain/operation.ts';
import { STAGE_TITLES } from '../../../shared/domain/operation.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { elapsed } from '../../ui/format-time.ts';
import { StatusDot } from '../../ui/status-dot.tsx';
import { UndoRollBack } from './undo-roll-back.tsx';

interface OperationOutcomeProps {
  readonly operation: Operation;
  /** Revision that an undo would go back to, null when there is nothing to undo. */
  readonly undoTo: string | null;
  readonly onUndo: (revision: string) => void;
}

/** How it ended: what was proven, or the cause and the next step. Nothing while it runs. */
export function OperationOutcome(props: OperationOutcomeProps): ReactElement | null {
  const { operation, undoTo, onUndo } = props;
  const { state, error } = operation;
  // By the state, not by the error: what was stopped carries one too, and is no failure.
  if (state === 'cancelled' || state === 'interrupted') {
    return <p className="sub">{error === null ? STOPPED[state] : causeWithNextStep(error)}</p>;
  }
  if (error !== null) return <Failure operation={operation} error={error} />;
  if (operation.result === null) return null;
  if (operation.result.notServing === true) return <NotServing result={operation.result} />;
  return (
    <div className="outcome" role="status">
      <Proof result={operation.result} />
      <UndoRollBack operation={operation} />
      {undoTo !== null && operation.result.before === undefined && (
        <Button small title={`Roll back to ${undoTo}`} onClick={() => onUndo(undoTo)}>
          Undo…
        </Button>
      )}
    </div>
  );
}

/** What the public address has shown, or why it can't show anything. */
function Proof({ result }: { readonly result: OperationResult }): ReactElement {
  const { revision, verifiedAnswers, wantedAnswers, elapsedMs, closed } = result;
  if (closed === true) {
    return (
      <p>
        <StatusDot tone="warn" /> <span className="mono">{revision}</span>{' '}
        <b>serves by the platform’s word, not verified.</b> Who may call it is restricted, and the
        console may not.
      </p>
    );
  }
  const proof = `${String(verifiedAnswers)} of ${String(wantedAnswers)} in ${elapsed(elapsedMs)}`;
  return (
    <p>
      <StatusDot tone="ok" /> <span className="mono">{revision}</span> <b>{`verified ${proof}`}</b>
    </p>
  );
}

/** What a deploy to a pinned service leaves: nothing is wrong, and nobody is served by it. */
function NotServing({ result }: { readonly result: OperationResult }): ReactElement {
  return (
    <p className="outcome" role="status">
      <span>
        <StatusDot tone="warn" /> <span className="mono">{result.revision}</span>{' '}
        <b>is created, not serving.</b> Traffic stays pinned to{' '}
        <span className="mono">{result.previousRevision ?? 'what serves'}</span> until Resume
        latest.
      </span>
    </p>
  );
}

type OperationError = NonNullable<Operation['error']>;

/** What is known of a stopped operation when main gives no cause. */
const STOPPED = {
  cancelled: 'Cancelled. The serving revision was left as it is.',
  interrupted:
    'The console stopped while it ran and its end is not known. Look at what serves now.',
} as const;

/** Causes come from many places, some without their full stop. */
function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function causeWithNextStep({ message, nextStep }: OperationError): string {
  return `${asSentence(message)} ${nextStep}`;
}

/** What the process wrote last stands in the log below, line by line. */
function causeOf({ message }: OperationError): string {
  return message.split(/\s*Last log lines:/)[0] ?? message;
}

interface FailureProps {
  readonly operation: Operation;
  readonly error: OperationError;
}

function Failure({ operation, error }: FailureProps): ReactElement {
  const lines = operation.log.map(({ line }) => line);
  const phase = operation.stages.find(({ state }) => state === 'failed');
  const details = [`${error.code}: ${error.message}`, error.nextStep, ...lines].join('\n');
  return (
    <div className="inline-error" role="alert">
      <StatusDot tone="bad" />
      <div className="grow">
        <b>{asSentence(causeOf(error))}</b> {error.nextStep}
        <div className="row failure-foot">
          <span className="meta grow">
            {phase !== undefined && `Failed in “${STAGE_TITLES[phase.id]}” · `}
            <span className="mono">{error.code}</span>
          </span>
          <CopyButton text={details} label="Copy details" />
        </div>
      </div>
    </div>
  );
}
