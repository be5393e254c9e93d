import { History } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Operation } from '../../../shared/domain/operation.ts';
import { cancelMeaning } from '../../../shared/domain/cancel-meaning.ts';
import { isTerminal } from '../../../shared/domain/operation.ts';
import { useNow } from '../../api/use-now.ts';
import { Button } from '../../ui/button.tsx';
import type { LiveQuery } from '../../api/use-live-query.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { age, elapsed, usual } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { StageRail } from '../../ui/stage-rail.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { operationStatus } from '../../ui/tone-of.ts';
import { LogTail } from './log-tail.tsx';
import { OperationOutcome } from './operation-outcome.tsx';
import { elapsedMs, undoRevision } from './operation-view.ts';
import { useCancelOperation } from './use-deployments.ts';
import { useOperation } from './use-operation.ts';

interface OperationPanelProps {
  readonly serviceId: string;
  readonly operations: LiveQuery<readonly Operation[]>;
  /** The one to show; null before the first. */
  readonly followed: Operation | null;
  /** One was just started and is not in the list yet. */
  readonly isAwaited: boolean;
  readonly onUndo: (revision: string) => void;
}

/** The operation at work on a service, or the last one, with its stages and its log. */
export function OperationPanel(props: OperationPanelProps): ReactElement {
  const { followed, operations, onUndo } = props;
  if (followed === null) {
    return (
      <Panel label="Operation" className="operation-panel">
        <h2 className="sr-only">Operation</h2>
        <NoOperation {...props} />
      </Panel>
    );
  }
  return (
    <FollowedOperation
      key={followed.id}
      listed={followed}
      undoTo={undoRevision(followed, operations.value ?? [])}
      onUndo={onUndo}
    />
  );
}

/** Not read yet, not readable, or really none. */
function NoOperation({
  serviceId,
  operations,
  isAwaited,
}: Omit<OperationPanelProps, 'followed' | 'onUndo'>): ReactElement {
  if (isAwaited) return <SkeletonLines lines={6} label="Starting the operation" />;
  if (operations.isPending) return <SkeletonLines lines={6} label="Reading the operations" />;
  if (operations.value === undefined) {
    return <ErrorState error={operations.error} what="The operations could not be read" />;
  }
  return (
    <EmptyState icon={<History />} title="No operation yet">
      {`Deploys and roll-backs of the ${serviceId} are followed here, stage by stage.`}
    </EmptyState>
  );
}

interface FollowedOperationProps extends Pick<OperationPanelProps, 'onUndo'> {
  /** From the list of all: there at once, but without its log. */
  readonly listed: Operation;
  readonly undoTo: string | null;
}

function FollowedOperation({ listed, undoTo, onUndo }: FollowedOperationProps): ReactElement {
  const live = useOperation(listed.id).value;
  // Both arrive on their own streams; an ended one is never shown as running again.
  const operation = live === undefined || isTerminal(listed.state) ? withLog(listed, live) : live;
  const isRunning = !isTerminal(operation.state);
  const outcome = <OperationOutcome operation={operation} undoTo={undoTo} onUndo={onUndo} />;
  return (
    <Panel
      title={
        <>
          <span className="sr-only">Operation: </span>
          {operation.title}
        </>
      }
      className="operation-panel"
      aside={<OperationPill operation={operation} />}
      end={isRunning && <CancelButton operation={operation} />}
    >
      <div className="operation-body" tabIndex={0} role="group" aria-label="Stages and outcome">
        {/* A cause comes first: nobody has to scroll for it past the stages that were fine. */}
        {operation.state === 'failed' && outcome}
        <StageRail stages={operation.stages} />
        {operation.state !== 'failed' && outcome}
        {isRunning && <RunningNote operation={operation} />}
      </div>
      <LogTail lines={operation.log} isLong={operation.state === 'failed'} />
    </Panel>
  );
}

function withLog(listed: Operation, live: Operation | undefined): Operation {
  return { ...listed, log: live?.log ?? listed.log };
}

function OperationPill({ operation }: { readonly operation: Operation }): ReactElement {
  const now = useNow();
  const { tone, word } = operationStatus(operation);
  const took = elapsedMs(operation, now);
  if (operation.state === 'running' && took !== null) {
    return <Pill tone="running">{age(took)}</Pill>;
  }
  return (
    <Pill tone={tone}>
      {took !== null && tookSomething(operation) ? `${word} in ${elapsed(took)}` : word}
    </Pill>
  );
}

/** “Not serving in 5 s” would promise that it serves after that. */
function tookSomething({ state, result }: Operation): boolean {
  return isTerminal(state) && result?.notServing !== true;
}

function CancelButton({ operation }: { readonly operation: Operation }): ReactElement {
  const cancel = useCancelOperation();
  const meaning = cancelMeaning(operation);
  return (
    <Button
      small
      busy={cancel.isUnderWay}
      refusal={meaning.possible ? null : meaning.text}
      title={meaning.text}
      onClick={() => cancel.mutate({ id: operation.id })}
    >
      {meaning.label}
    </Button>
  );
}

/** What to expect and what a cancel would mean, while it runs. */
function RunningNote({ operation }: { readonly operation: Operation }): ReactElement {
  const expectation = operation.usualMs === null ? '' : `${usual(operation.usualMs)}. `;
  return (
    <p className="meta">
      {expectation.charAt(0).toUpperCase() + expectation.slice(1)}
      {cancelMeaning(operation).text}
    </p>
  );
}
