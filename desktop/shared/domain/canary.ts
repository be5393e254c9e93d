import type { CanarySettings } from './canary-settings.ts';

/** An operation remembers this many of its newest evaluations. */
export const KEPT_EVALUATIONS = 60;

export type GateId = 'samples' | 'errors' | 'p95' | 'p99';
/** `unsure`: beyond the limit, but by too little or in too few requests to be sure. */
export type GateVerdict = 'pass' | 'fail' | 'unsure' | 'no_data';

/** One requirement as it stood at an evaluation. Latencies in milliseconds, errors as a ratio. */
export interface GateReading {
  readonly id: GateId;
  readonly verdict: GateVerdict;
  readonly stable: number | null;
  readonly canary: number | null;
  /** What is compared with the threshold: a difference of rates, a ratio or a count. */
  readonly value: number | null;
  readonly threshold: number;
}

export interface CanaryEvaluation {
  /** Epoch ms. */
  readonly at: number;
  /** The weight that was judged. */
  readonly percent: number;
  /** Both revisions were looked at over the same window. */
  readonly windowSeconds: number;
  readonly samples: { readonly stable: number; readonly canary: number };
  readonly gates: readonly GateReading[];
  readonly verdict: 'pass' | 'hold' | 'fail';
  /** Whose statistics: the backend's verdict route, or the console's own. */
  readonly judgedBy: 'backend' | 'console';
  /** Sentences for people, one per reason. */
  readonly reasons: readonly string[];
}

/** Why nothing moves. A human's hold is lifted by a human only. */
export interface CanaryHold {
  readonly by: 'human' | 'console';
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
}

/** `superseded`: somebody else moved the traffic; the canary lets go without touching it. */
export interface CanaryEnd {
  readonly kind: 'promoted' | 'aborted' | 'superseded';
  readonly by: 'human' | 'console';
  readonly reason: string;
  readonly at: number;
}

/** A move that is written down before the platform is asked for it. */
export interface CanaryMove {
  readonly to: number;
  readonly by: 'human' | 'console';
  readonly reason: string;
}

/** A canary as it is journalled and shown. Times are epoch milliseconds. */
export interface CanaryState {
  readonly revision: string;
  readonly stable: string;
  readonly settings: CanarySettings;
  /** Weight that was set last, 0 before the first step. */
  readonly weightSet: number;
  /** What the platform says it serves; null while nobody asked. */
  readonly weightActual: number | null;
  readonly moving: CanaryMove | null;
  /** When this step began; null before the first. */
  readonly stepSince: number | null;
  /** What happened before isn't looked at: the step began, or the console or a human came back. */
  readonly windowSince: number | null;
  readonly hold: CanaryHold | null;
  /** Oldest first, at most `KEPT_EVALUATIONS`. */
  readonly evaluations: readonly CanaryEvaluation[];
  readonly probesSent: number;
  readonly end: CanaryEnd | null;
}

export function newCanary(
  who: { readonly revision: string; readonly stable: string },
  settings: CanarySettings,
): CanaryState {
  return {
    ...who,
    settings,
    weightSet: 0,
    weightActual: null,
    moving: null,
    stepSince: null,
    windowSince: null,
    hold: null,
    evaluations: [],
    probesSent: 0,
    end: null,
  };
}

/** What has to be done next. `until` is null while only a human can go on. */
export type CanaryAction =
  | { readonly kind: 'move'; readonly to: number }
  | { readonly kind: 'evaluate' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'end'; readonly end: CanaryEnd };

/** What the automation does now. It evaluates under a human's hold too, but then moves nothing. */
export function nextAction(state: CanaryState, now: number): CanaryAction {
  if (state.end !== null) return { kind: 'end', end: state.end };
  if (state.moving !== null) return { kind: 'move', to: state.moving.to };
  const due = evaluationDueAt(state);
  // Held before the first step: there is nothing to judge, only to be told to go on.
  if (due === null) return { kind: 'wait', until: now + state.settings.intervalSeconds * 1000 };
  return now >= due ? { kind: 'evaluate' } : { kind: 'wait', until: due };
}

/** When the next evaluation is due; null before the first step. */
export function evaluationDueAt(state: CanaryState): number | null {
  if (state.windowSince === null) return null;
  const last = state.evaluations.at(-1)?.at ?? 0;
  return Math.max(state.windowSince, last) + state.settings.intervalSeconds * 1000;
}

/** The step after the one that is set; null at the last. */
export function nextStep({ settings, weightSet }: CanaryState): number | null {
  return settings.steps.find((percent) => percent > weightSet) ?? null;
}

/** Asks for the first step. */
export function started(state: CanaryState): CanaryState {
  const to = state.settings.steps[0];
  if (to === undefined || state.weightSet !== 0 || state.end !== null) return state;
  return { ...state, moving: { to, by: 'console', reason: 'first step' } };
}

/**
 * What an evaluation leads to: a failed one sends the canary back to 0 %, one without enough data
 * holds it, and one that passes takes the next step once the step has lasted long enough. Under a
 * human's hold it is only written down.
 */
export function evaluated(state: CanaryState, evaluation: CanaryEvaluation): CanaryState {
  if (state.end !== null || state.moving !== null) return state;
  const evaluations = [...state.evaluations, evaluation].slice(-KEPT_EVALUATIONS);
  const seen = { ...state, evaluations };
  return state.hold?.by === 'human' ? seen : { ...seen, ...consequenceOf(state, evaluation) };
}

function consequenceOf(
  state: CanaryState,
  { verdict, at, percent, reasons }: CanaryEvaluation,
): Pick<CanaryState, 'hold' | 'moving'> {
  const reason = reasons.join('; ');
  if (verdict === 'fail') return { hold: null, moving: { to: 0, by: 'console', reason } };
  if (verdict === 'hold') {
    const since = state.hold?.since ?? at;
    return { hold: { by: 'console', reason, since }, moving: null };
  }
  const to = nextStep(state);
  const dwelt = at - (state.stepSince ?? at);
  if (to === null || dwelt < state.settings.dwellSeconds * 1000)
    return { hold: null, moving: null };
  const passed = `passed at ${String(percent)} %`;
  return { hold: null, moving: { to, by: 'console', reason: passed } };
}

/** The platform serves what was asked for. */
export function moved(state: CanaryState, at: number): CanaryState {
  if (state.moving === null) return state;
  const { to, by, reason } = state.moving;
  const there = {
    ...state,
    moving: null,
    weightSet: to,
    weightActual: to,
    stepSince: at,
    windowSince: at,
  };
  if (to === 0) return { ...there, end: { kind: 'aborted', by, reason, at } };
  return to === 100 ? { ...there, end: { kind: 'promoted', by, reason, at } } : there;
}

/** What a human asked of a running canary. */
export type CanaryCommand =
  | { readonly kind: 'hold'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'promote'; readonly reason: string }
  | { readonly kind: 'abort'; readonly reason: string }
  /** Another operation moves the traffic: let go of it. */
  | { readonly kind: 'supersede'; readonly reason: string };

/** A human decides: this may skip steps and lift holds, which automation may not. */
export function commanded(state: CanaryState, command: CanaryCommand, at: number): CanaryState {
  if (state.end !== null) return state;
  switch (command.kind) {
    case 'hold':
      return held(state, command.reason, at);
    case 'resume':
      return resumed(state, at);
    case 'promote':
      return { ...state, hold: null, moving: { to: 100, by: 'human', reason: command.reason } };
    case 'abort':
      return { ...state, hold: null, moving: { to: 0, by: 'human', reason: command.reason } };
    case 'supersede':
      return {
        ...state,
        moving: null,
        hold: null,
        end: { kind: 'superseded', by: 'human', reason: command.reason, at },
      };
  }
}

/** What was seen while nothing was to move doesn't count: the window begins anew. */
function resumed(state: CanaryState, at: number): CanaryState {
  const going = { ...state, hold: null, windowSince: state.windowSince === null ? null : at };
  return state.moving === null ? started(going) : going;
}

/** A step that was asked for and not made is not made any more; going back to 0 % is. */
function held(state: CanaryState, reason: string, at: number): CanaryState {
  const moving = state.moving?.to === 0 ? state.moving : null;
  return { ...state, moving, hold: { by: 'human', reason, since: at } };
}

/**
 * After a restart: a forward move that the platform had not made is forgotten and has to be earned
 * again; one that it had made counts. A move to 0 % is always finished.
 */
export function resumedAt(state: CanaryState, actual: number, at: number): CanaryState {
  const looked = { ...state, weightActual: actual };
  const { moving } = state;
  if (moving !== null && moving.to === actual) return moved(looked, at);
  if (actual !== state.weightSet) {
    const reason = `traffic was moved from ${String(state.weightSet)} % to ${String(actual)} % while the console was away`;
    return { ...looked, moving: null, end: { kind: 'superseded', by: 'human', reason, at } };
  }
  if (moving?.to === 0) return looked;
  // Before the first step there is nothing to judge: it may be asked for again, but for a hold.
  if (state.weightSet === 0 && state.hold?.by !== 'human') {
    return started({ ...looked, moving: null });
  }
  return { ...looked, moving: null, windowSince: at };
}
