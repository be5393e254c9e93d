import type { ReactElement } from 'react';
import type { StackStatus } from '../../../shared/contract/stack.ts';
import { freshStages } from '../../../shared/domain/operation.ts';
import type { Operation } from '../../../shared/domain/operation.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { useNow } from '../../api/use-now.ts';
import { classNames } from '../../ui/class-names.ts';
import { age, usual } from '../../ui/format-time.ts';
import { Panel } from '../../ui/panel.tsx';
import { StageRail } from '../../ui/stage-rail.tsx';
import { Pill } from '../../ui/status-dot.tsx';
import { operationStatus } from '../../ui/tone-of.ts';

const TITLES = { backend: 'Backend', gateway: 'Gateway' } as const;

interface DeployPanelProps {
  readonly title: string;
  readonly operation: Operation;
}

function DeployState({ operation }: Pick<DeployPanelProps, 'operation'>): ReactElement {
  const now = useNow();
  const { tone, word } = operationStatus(operation);
  const { startedAt, endedAt } = operation;
  const took = startedAt === null ? '' : ` · ${age((endedAt ?? now) - startedAt)}`;
  return (
    <Pill tone={tone}>
      {word}
      {took}
    </Pill>
  );
}

function DeployPanel({ title, operation }: DeployPanelProps): ReactElement {
  const { state, usualMs, error, stages } = operation;
  return (
    <Panel
      title={title}
      aside={<DeployState operation={operation} />}
      end={usualMs !== null && <span className="meta">{usual(usualMs)}</span>}
    >
      <div className="panel-body">
        <StageRail stages={stages} />
        {error !== null && (
          <p className={classNames('first-start-error', state === 'failed' && 'is-failure')}>
            {error.message} {error.nextStep}
          </p>
        )}
      </div>
    </Panel>
  );
}

/** A deploy that main has not begun yet, so that its rail is there from the start. */
function queuedDeploy(service: StackServiceId): Operation {
  return {
    id: `queued ${service}`,
    kind: 'deploy',
    target: '',
    service,
    title: '',
    state: 'queued',
    committed: false,
    stages: freshStages('deploy'),
    createdAt: 0,
    startedAt: null,
    endedAt: null,
    usualMs: null,
    error: null,
    result: null,
    canary: null,
    release: null,
    upstream: null,
    log: [],
  };
}

interface FirstStartProps {
  readonly status: StackStatus;
  readonly operations: readonly Operation[];
}

/** The stack is deployed for the first time: what is done, what runs, what comes. */
export function FirstStart({ status, operations }: FirstStartProps): ReactElement {
  const known = operations.filter((operation) => status.operationIds.includes(operation.id));
  return (
    <>
      <p className="first-start-lead">
        The local stack is being deployed for the first time: the backend, then the gateway in front
        of it. This page fills as soon as they answer.
      </p>
      <div className="first-start">
        {STACK_SERVICES.map((service) => (
          <DeployPanel
            key={service}
            title={TITLES[service]}
            operation={
              known.find((operation) => operation.service === service) ?? queuedDeploy(service)
            }
          />
        ))}
      </div>
    </>
  );
}
