import { Split } from 'lucide-react';
import { useState } from 'react';
import type { ReactElement } from 'react';
import { mayChange } from '../../../../shared/domain/revision-actions.ts';
import type { CanaryState } from '../../../../shared/domain/canary.ts';
import type { Operation } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import type { Service } from '../../../../shared/domain/revision.ts';
import { percentOf } from '../../../../shared/domain/traffic.ts';
import type { Target } from '../../../../shared/domain/target.ts';
import { useNow } from '../../../api/use-now.ts';
import { Banner, StaleBanner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { Pairs } from '../../../ui/figure.tsx';
import { count, wholePercent } from '../../../ui/format-number.ts';
import { age } from '../../../ui/format-time.ts';
import { Panel } from '../../../ui/panel.tsx';
import { SkeletonLines } from '../../../ui/skeleton.tsx';
import { StageRail } from '../../../ui/stage-rail.tsx';
import { Pill } from '../../../ui/status-dot.tsx';
import { useServices } from '../use-deployments.ts';
import { useOperations } from '../use-operation.ts';
import { CanaryActions } from './canary-actions.tsx';
import { CanaryGates } from './canary-gates.tsx';
import { CanaryHistory } from './canary-history.tsx';
import { CanarySteps } from './canary-steps.tsx';
import { canaryOf, canaryWord } from './canary-view.ts';
import { StartCanaryDialog } from './start-canary-dialog.tsx';
import './canary.css';

interface CanaryBoardProps {
  readonly serviceId: string;
  readonly target: Target | undefined;
}

/** The canary of a service: where it stands, what it is judged by, and what was seen. */
export function CanaryBoard({ serviceId, target }: CanaryBoardProps): ReactElement {
  const operations = useOperations();
  const operation = canaryOf(operations.value ?? [], serviceId);
  const isRunning = operation !== null && !isTerminal(operation.state);
  const services = useServices(isRunning);
  const service = services.data?.find(({ id }) => id === serviceId);
  const [isStarting, setStarting] = useState(false);
  const permission = target === undefined ? undefined : mayChange(target);
  const refusal = permission?.allowed === false ? permission.reason : null;
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
      {operations.error !== null && operations.value !== undefined && (
        <StaleBanner error={operations.error} asOf={services.dataUpdatedAt} />
      )}
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

/** One sentence when something is to be known or decided. */
function CanaryNews({ operation }: { readonly operation: Operation }): ReactElement | null {
  const now = useNow();
  const { canary, error } = operation;
  if (error !== null) {
    return (
      <Banner tone="bad" word="Aborted">
        <b>{error.message}</b> {error.nextStep}
      </Banner>
    );
  }
  if (canary === null) return null;
  if (canary.end !== null && canary.end.kind !== 'promoted') {
    return (
      <Banner tone="idle" word={canary.end.kind === 'aborted' ? 'Aborted' : 'Let go'}>
        <b>{canary.end.by === 'human' ? 'A person decided.' : 'The console decided.'}</b>{' '}
        {canary.end.reason === '' ? 'No reason was given.' : canary.end.reason}
      </Banner>
    );
  }
  if (canary.end !== null || canary.hold === null) return null;
  const since = age(Math.max(0, now - canary.hold.since));
  return (
    <Banner tone="warn" word="Held">
      <b>
        {canary.hold.by === 'human' ? `Held by you for ${since}.` : `Nothing moves for ${since}.`}
      </b>{' '}
      {holdWords(canary.hold)}
    </Banner>
  );
}

function holdWords({ by, reason }: NonNullable<CanaryState['hold']>): string {
  if (by === 'console') return `${reason}. It goes on by itself once there is enough to judge by.`;
  return reason === '' ? 'Resume it when you are ready.' : reason;
}

interface CanarySummaryProps {
  readonly canary: CanaryState;
  readonly service: Service | undefined;
}

function CanarySummary({ canary, service }: CanarySummaryProps): ReactElement {
  const { settings, revision, stable, weightSet, probesSent } = canary;
  const actual = service === undefined ? null : percentOf(service.serving, revision);
  const { probes, intervalSeconds, dwellSeconds } = settings;
  return (
    <Panel label="Summary" className="canary-summary">
      <div className="canary-bar" role="img" aria-label={`${String(weightSet)} % to the canary`}>
        {settings.steps.slice(0, -1).map((step) => (
          <i key={step} style={{ left: `${String(step)}%` }} />
        ))}
        <span style={{ width: `${String(actual ?? weightSet)}%` }} />
      </div>
      <Pairs
        pairs={[
          { label: 'Canary', value: <span className="mono">{revision}</span> },
          { label: 'Stable', value: <span className="mono">{stable}</span> },
          { label: 'Weight', value: weightWords(weightSet, actual) },
          {
            label: 'Pace',
            value: `judged every ${String(intervalSeconds)} s, at least ${String(dwellSeconds)} s at a step`,
          },
          {
            label: 'Own requests',
            value:
              probes === null
                ? 'none'
                : `${count(probesSent)} of at most ${count(probes.budget)}, never more than ${String(probes.perSecond)} a second`,
          },
        ]}
      />
    </Panel>
  );
}

function weightWords(set: number, actual: number | null): string {
  if (actual === null || actual === set) return `${wholePercent(set)}, set and served`;
  return `${wholePercent(set)} set, ${wholePercent(actual)} served`;
}
