import type {
  Operation,
  OperationKind,
  OperationState,
  Stage,
  StageId,
  StageState,
  UsualTime,
} from '../../../shared/domain/operation.ts';
import { freshStages, isTerminal } from '../../../shared/domain/operation.ts';
import { STACK_SERVICES } from '../../../shared/domain/stack.ts';

/** An operation shows this many of its newest log lines. */
const LOG_LINES = 200;

export interface NewOperation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly target: string;
  readonly service: string;
  readonly title: string;
  readonly createdAt: number;
  readonly usualMs: Operation['usualMs'];
  readonly usualStages: ReadonlyMap<StageId, UsualTime | null>;
}

/** An operation that waits for its turn. */
export function queued({ usualStages, ...fresh }: NewOperation): Operation {
  const stages = freshStages(fresh.kind);
  return {
    ...fresh,
    state: 'queued',
    committed: false,
    stages: stages.map((stage) => ({ ...stage, usualMs: usualStages.get(stage.id) ?? null })),
    startedAt: null,
    endedAt: null,
    error: null,
    result: null,
    canary: null,
    release: null,
    upstream: null,
    log: [],
  };
}

function editStage(operation: Operation, id: StageId, edit: Partial<Stage>): Operation {
  const stages = operation.stages.map((stage) => (stage.id === id ? { ...stage, ...edit } : stage));
  return { ...operation, stages };
}

/** One that ran when an earlier process ended goes on from when it began. */
export function stageStarted(operation: Operation, id: StageId, at: number): Operation {
  const ran = operation.stages.find((stage) => stage.id === id && stage.state === 'running');
  const startedAt = ran?.startedAt ?? at;
  return editStage(settledBefore(operation, id, at), id, {
    state: 'running',
    startedAt,
    endedAt: null,
  });
}

/**
 * A process can be killed after a stage has brought what it was for and before that stage's end is
 * written down: nobody goes through it again, and it must not look as if it still ran.
 */
function settledBefore(operation: Operation, id: StageId, at: number): Operation {
  const next = operation.stages.findIndex((stage) => stage.id === id);
  const stages = operation.stages.map((stage, index): Stage => {
    if (index >= next) return stage;
    if (stage.state === 'running') return { ...stage, state: 'done', endedAt: at };
    return stage.state === 'pending' ? { ...stage, state: 'skipped' } : stage;
  });
  return { ...operation, stages };
}

export function stageEnded(
  operation: Operation,
  id: StageId,
  end: { readonly state: StageState; readonly at: number },
): Operation {
  return editStage(operation, id, { state: end.state, endedAt: end.at });
}

/** Replaces the one line under the stage that runs now; does nothing when none runs. */
export function detailSet(operation: Operation, detail: string): Operation {
  const running = operation.stages.find((stage) => stage.state === 'running');
  return running === undefined ? operation : editStage(operation, running.id, { detail });
}

export function stageSkipped(operation: Operation, id: StageId, detail: string): Operation {
  return editStage(operation, id, { state: 'skipped', detail });
}

export function lineLogged(operation: Operation, at: number, line: string): Operation {
  return { ...operation, log: [...operation.log, { at, line }].slice(-LOG_LINES) };
}

/** What a stage that still ran becomes when its operation ends this way. */
const RUNNING_BECOMES: Partial<Record<OperationState, StageState>> = {
  succeeded: 'done',
  failed: 'failed',
};

/** The operation at its end: what was still to come is skipped, and nothing runs any more. */
export function ended(
  operation: Operation,
  end: {
    readonly state: OperationState;
    readonly at: number;
    readonly error?: Operation['error'];
    readonly result?: Operation['result'];
  },
): Operation {
  const running = { state: RUNNING_BECOMES[end.state] ?? 'cancelled', endedAt: end.at };
  const stages = operation.stages.map((stage): Stage => {
    if (stage.state === 'pending') return { ...stage, state: 'skipped' };
    return stage.state === 'running' ? { ...stage, ...running } : stage;
  });
  return {
    ...operation,
    stages,
    state: end.state,
    endedAt: end.at,
    error: end.error ?? null,
    result: end.result ?? null,
  };
}

/** Puts an operation in its place in a list that is newest first. */
export function withOperation(
  all: readonly Operation[],
  operation: Operation,
): readonly Operation[] {
  return all.some((other) => other.id === operation.id)
    ? all.map((other) => (other.id === operation.id ? operation : other))
    : [operation, ...all];
}

/** Which operations follow each other: those on the same service of the same target. */
export type ServiceOfTarget = Pick<Operation, 'target' | 'service'>;

export function isOn(operation: Operation, { target, service }: ServiceOfTarget): boolean {
  return operation.target === target && operation.service === service;
}

/** How many operations of a service wait for their turn. */
export function waitingFor(all: readonly Operation[], on: ServiceOfTarget): number {
  return all.filter((operation) => isOn(operation, on) && operation.state === 'queued').length;
}

/** The services that an operation has for itself while it runs. A release has the whole stack. */
export function servicesOf({ kind, service }: Operation): readonly string[] {
  return kind === 'release' || kind === 'release_roll_back' ? STACK_SERVICES : [service];
}

export function isRunning(operation: Operation): boolean {
  return !isTerminal(operation.state);
}
