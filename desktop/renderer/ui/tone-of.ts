import type { HealthState } from '../../shared/domain/health.ts';
import type { Operation, OperationState } from '../../shared/domain/operation.ts';
import type { RevisionState } from '../../shared/domain/revision.ts';
import type { Tone } from './status-dot.tsx';

const HEALTH: Readonly<Record<HealthState, Tone>> = {
  ok: 'ok',
  warn: 'warn',
  bad: 'bad',
  idle: 'idle',
  starting: 'running',
};

export function healthTone(state: HealthState): Tone {
  return HEALTH[state];
}

interface ToneAndWord {
  readonly tone: Tone;
  readonly word: string;
}

const OPERATION: Readonly<Record<OperationState, ToneAndWord>> = {
  queued: { tone: 'idle', word: 'Queued' },
  running: { tone: 'running', word: 'Running' },
  cancelling: { tone: 'running', word: 'Cancelling' },
  succeeded: { tone: 'ok', word: 'Done' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'idle', word: 'Cancelled' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
};

/** Colour and word of an operation; one that nobody is served by is never as green as the others. */
export function operationStatus({
  state,
  result,
}: Pick<Operation, 'state' | 'result'>): ToneAndWord {
  if (state === 'succeeded' && result?.notServing === true) {
    return { tone: 'warn', word: 'Not serving' };
  }
  return OPERATION[state];
}

const REVISION: Readonly<Record<RevisionState, ToneAndWord>> = {
  starting: { tone: 'running', word: 'Starting' },
  ready: { tone: 'ok', word: 'Ready' },
  failed: { tone: 'bad', word: 'Failed' },
  retired: { tone: 'idle', word: 'Ready' },
};

/** Colour and word of a revision's state; a retired one can still be rolled back to. */
export function revisionStatus(state: RevisionState): ToneAndWord {
  return REVISION[state];
}
