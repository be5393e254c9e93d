import { Split } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import type { Service } from '../../../../shared/domain/revision.ts';
import type { Target } from '../../../../shared/domain/target.ts';
import { useServices } from '../../../api/use-services.ts';
import { StaleBanner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { StageRail } from '../../../ui/stage-rail.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import { useOperations } from '../use-operation.ts';
import { CanaryActions } from './canary-actions.tsx';
import { CanaryGates } from './canary-gates.tsx';
import { changeRefusal } from '../change-refusal.ts';
import { CanaryHistory } from './canary-history.tsx';
import { CanaryNews } from './canary-news.tsx';
import { CanarySteps } from './canary-steps.tsx';
import { CanarySummary } from './canary-summary.tsx';
import { canaryOf, canaryWord } from './canary-view.ts';
import { StartCanaryDialog } from './start-canary-dialog.tsx';
import './canary.css';

const NONE: readonly Operation[] = [];

interface CanaryBoardProps {
  readonly serviceId: string;
  readonly target: Target | undefined;
}

/** The canary of a service: where it stands, what it is judged by, and what was seen. */
export function CanaryBoard({ serviceId, target }: CanaryBoardProps): ReactElement {
  const operations = useOperations();
  const operation = canaryOf(operations.value ?? NONE, serviceId);
  const isRunning = operation !== null && !isTerminal(operation.state);
  const services = useServices(isRunning);
  const service = services.data?.find(({ id }) => id === serviceId);
  const [isStarting, setStarting] = useState(false);
  const refusal = changeRefusal(target);
  const start = (
    <Button
      kind="primary"
      refusal={refusal ?? (service === undefined ? 'Deploy the service first.' : null)}
      onClick={() => setStarting(true)}
    >
      Start a canary…
    </Button>
  );
  return (
    <>
      <StaleNote services={services} />
      {operation === null ? (
        <NoCanary operations={operations} start={start} />
      ) : (
        <OneCanary
          operation={operation}
          service={service}
          refusal={refusal}
          start={isRunning ? null : start}
        />
      )}
      {isStarting && service !== undefined && (
        <StartCanaryDialog service={service} onClose={() => setStarting(false)} />
      )}
    </>
  );
}

function StaleNote({
  services,
}: {
  readonly services: ReturnType<typeof useServices>;
}): ReactElement | null {
  if (services.data === undefined || !services.isError) return null;
  return <StaleBanner error={services.error} asOf={services.dataUpdatedAt} />;
}

interface NoCanaryProps {
  readonly operations: ReturnType<typeof useOperations>;
  readonly start: ReactElement;
}

function NoCanary({ operations, start }: NoCanaryProps): ReactElement {
  return (
    <Panel label="Canary" className="canary-empty">
      {operations.isPending && <SkeletonLines lines={5} label="Reading the operations" />}
      {!operations.isPending && operations.value === undefined && (
        <ErrorState error={operations.error} what="The canaries could not be read" />
      )}
      {operations.value !== undefined && (
        <EmptyState icon={<Split />} title="No canary yet" action={start}>
          A canary gives a new revision a little traffic, compares it with the stable one, and goes
          on only while it is no worse.
        </EmptyState>
      )}
    </Panel>
  );
}

interface OneCanaryProps {
  readonly operation: Operation;
  readonly service: Service | undefined;
  readonly refusal: string | null;
  readonly start: ReactElement | null;
}

function OneCanary({ operation, service, refusal, start }: OneCanaryProps): ReactElement {
  const { canary } = operation;
  const { tone, word } = canaryWord(operation);
  return (
    <div className="canary-board">
      <Panel
        title={
          <>
            <span className="sr-only">Canary: </span>
            {operation.title}
          </>
        }
        className="canary-side"
        aside={<Pill tone={tone}>{word}</Pill>}
      >
        <div className="canary-side-body">
          {canary === null ? (
            <StageRail stages={operation.stages} />
          ) : (
            <>
              <CanarySteps state={canary} />
              <CanaryActions operation={operation} canary={canary} refusal={refusal} />
            </>
          )}
          {start}
        </div>
      </Panel>
      <div className="canary-main">
        <CanaryNews operation={operation} />
        {canary !== null && (
          <>
            <CanarySummary canary={canary} service={service} />
            <CanaryGates evaluations={canary.evaluations} />
            <CanaryHistory evaluations={canary.evaluations} />
          </>
        )}
      </div>
    </div>
  );
}
