import type {
  CanaryEvaluation,
  CanaryState,
  GateId,
  GateReading,
  GateVerdict,
} from '../../../../shared/domain/canary.ts';
import { evaluationDueAt } from '../../../../shared/domain/canary.ts';
import type { Operation, StageState } from '../../../../shared/domain/operation.ts';
import { isTerminal } from '../../../../shared/domain/operation.ts';
import { count, latency, NO_VALUE, percent, text } from '../../../ui/format-number.ts';
import type { Tone } from '../../../ui/status-dot.tsx';

/** The canary of a service that runs, else the last one; null when there never was one. */
export function canaryOf(operations: readonly Operation[], service: string): Operation | null {
  const own = operations
    .filter((operation) => operation.kind === 'canary' && operation.service === service)
    .toSorted((a, b) => b.createdAt - a.createdAt);
  return own.find((operation) => !isTerminal(operation.state)) ?? own[0] ?? null;
}

export interface StepView {
  readonly percent: number;
  readonly state: StageState;
  readonly detail: string | null;
}

/** The steps as a rail: taken, at, to come; and where it ended. */
export function stepsOf(state: CanaryState, now: number): readonly StepView[] {
  return state.settings.steps.map((share): StepView => {
    const step = stateOf(state, share);
    return { percent: share, state: step, detail: detailOf(state, share, now) };
  });
}

function stateOf(state: CanaryState, share: number): StageState {
  const { weightSet, end, moving } = state;
  if (end !== null) return endedStateOf(state, share);
  if (moving?.to === share) return 'running';
  if (share < weightSet) return 'done';
  return share === weightSet ? 'running' : 'pending';
}

/** An aborted canary stopped at the weight that was judged last. */
function endedStateOf({ end, evaluations }: CanaryState, share: number): StageState {
  if (end?.kind === 'promoted') return 'done';
  const last = evaluations.at(-1)?.percent ?? 0;
  if (share < last) return 'done';
  return share === last ? 'failed' : 'skipped';
}

function detailOf(state: CanaryState, share: number, now: number): string | null {
  const seen = state.evaluations.filter((evaluation) => evaluation.percent === share).length;
  const judged = seen === 0 ? null : `${String(seen)} evaluation${seen === 1 ? '' : 's'}`;
  if (state.end !== null || share !== state.weightSet) return judged;
  if (state.moving !== null) return judged;
  const due = evaluationDueAt(state);
  if (due === null) return judged;
  const next = due <= now ? 'judging now' : `next in ${String(secondsUntil(due, now, state))} s`;
  return judged === null ? next : `${judged}, ${next}`;
}

/** The page's clock lags a second: never more than an interval. */
function secondsUntil(due: number, now: number, { settings }: CanaryState): number {
  return Math.min(Math.ceil((due - now) / 1000), settings.intervalSeconds);
}

export interface CanaryWord {
  readonly tone: Tone;
  readonly word: string;
}

/** Where the canary stands, in a word. */
export function canaryWord(operation: Operation): CanaryWord {
  const { canary, state } = operation;
  if (canary === null) {
    return isTerminal(state)
      ? { tone: 'bad', word: 'No revision' }
      : { tone: 'running', word: 'Making the revision' };
  }
  const { end, hold, moving, weightSet } = canary;
  if (end !== null) return endWord(end.kind);
  if (isTerminal(state)) return { tone: 'warn', word: 'Interrupted' };
  if (hold !== null) {
    return { tone: 'warn', word: hold.by === 'human' ? 'Held by you' : 'Waiting for proof' };
  }
  if (moving !== null) return { tone: 'running', word: `Moving to ${String(moving.to)} %` };
  return { tone: 'running', word: `Watching at ${String(weightSet)} %` };
}

function endWord(kind: NonNullable<CanaryState['end']>['kind']): CanaryWord {
  if (kind === 'promoted') return { tone: 'ok', word: 'Promoted' };
  return kind === 'aborted' ? { tone: 'bad', word: 'Aborted' } : { tone: 'idle', word: 'Let go' };
}

export const GATE_TITLES: Readonly<Record<GateId, string>> = {
  samples: 'Requests seen',
  errors: 'Error rate',
  p95: 'p95 latency',
  p99: 'p99 latency',
};

const GATE_WORDS: Readonly<Record<GateVerdict, CanaryWord>> = {
  pass: { tone: 'ok', word: 'Passes' },
  fail: { tone: 'bad', word: 'Fails' },
  unsure: { tone: 'warn', word: 'Unsure' },
  no_data: { tone: 'idle', word: 'Too few' },
};

export function gateWord(verdict: GateVerdict): CanaryWord {
  return GATE_WORDS[verdict];
}

const VERDICT_WORDS: Readonly<Record<CanaryEvaluation['verdict'], CanaryWord>> = {
  pass: { tone: 'ok', word: 'Pass' },
  hold: { tone: 'warn', word: 'Hold' },
  fail: { tone: 'bad', word: 'Fail' },
};

export function verdictWord(verdict: CanaryEvaluation['verdict']): CanaryWord {
  return VERDICT_WORDS[verdict];
}

/** What one revision had: 0.41 %, 87.1 ms, 1,240. */
export function sideText(id: GateId, value: number | null): string {
  if (id === 'errors') return text(percent(value));
  return id === 'samples' ? count(value) : text(latency(value));
}

/** What is compared with the limit: +0.41 %, × 1.32, 1,240. */
export function valueText({ id, value }: Pick<GateReading, 'id' | 'value'>): string {
  if (value === null) return NO_VALUE;
  if (id === 'samples') return count(value);
  if (id === 'errors') return `${value >= 0 ? '+' : ''}${text(percent(value))}`;
  return `× ${value.toFixed(2)}`;
}

/** The requirement as people read it: at most +1.00 %. */
export function limitText({ id, threshold }: Pick<GateReading, 'id' | 'threshold'>): string {
  if (id === 'samples') return `at least ${count(threshold)}`;
  return `at most ${valueText({ id, value: threshold })}`;
}
