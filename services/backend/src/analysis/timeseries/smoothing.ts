import type { Sample } from './robust.ts';
import { isMeasured, median, seasonalPart } from './robust.ts';

export type Model = 'level' | 'damped trend' | 'level and season' | 'damped trend and season';

/** Parameters of additive exponential smoothing in error correction form. */
export interface Smoothing {
  readonly model: Model;
  /** How much of an error goes into the level, the trend, the season; and the trend's damping. */
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  readonly period: number;
}

export interface SmoothingState {
  level: number;
  trend: number;
  season: number[];
  /** Values seen; the season's phase. */
  at: number;
}

const ALPHAS = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];
const BETAS = [0.02, 0.1, 0.3];
const GAMMAS = [0.05, 0.15, 0.4];
const PHIS = [0.8, 0.9, 0.98];

/** The parameters with the smallest corrected AIC over a grid; a season needs three whole periods. */
export function fitSmoothing(values: readonly Sample[], period?: number): Smoothing {
  const seasonal = period !== undefined && period >= 2 && values.length >= 3 * period;
  let best: Smoothing = candidate({ alpha: 0.5, beta: 0, gamma: 0, phi: 1, period: 1 });
  let least = Number.POSITIVE_INFINITY;
  for (const one of candidates(seasonal ? period : undefined)) {
    const { errors } = runSmoothing(values, one);
    const score = correctedAic(errors, one);
    if (score < least) [best, least] = [one, score];
  }
  return best;
}

function* candidates(period: number | undefined): Generator<Smoothing> {
  const seasons = period === undefined ? [] : GAMMAS.map((gamma) => ({ gamma, period }));
  for (const alpha of ALPHAS) {
    for (const season of [{ gamma: 0, period: 1 }, ...seasons]) {
      yield candidate({ alpha, beta: 0, phi: 1, ...season });
      for (const beta of BETAS) {
        for (const phi of PHIS) yield candidate({ alpha, beta, phi, ...season });
      }
    }
  }
}

function candidate(parameters: Omit<Smoothing, 'model'>): Smoothing {
  const [trend, season] = [parameters.beta > 0, parameters.gamma > 0];
  const name = trend ? 'damped trend' : 'level';
  return { ...parameters, model: season ? `${name} and season` : name };
}

/** Smaller is better; each parameter and each start value of the season has its price. */
function correctedAic(errors: readonly number[], { beta, gamma, period }: Smoothing): number {
  const n = errors.length;
  const k = 3 + (beta > 0 ? 3 : 0) + (gamma > 0 ? 1 + period : 0);
  if (n <= k + 1) return k;
  const mean = errors.reduce((sum, error) => sum + error * error, 0) / n;
  return n * Math.log(Math.max(mean, Number.MIN_VALUE)) + 2 * k + (2 * k * (k + 1)) / (n - k - 1);
}

/**
 * Runs the smoothing over values and gives the last state and the one-step errors. With `from` it
 * goes on from that state by one value that missed the expectation by `error`.
 */
export function runSmoothing(
  values: readonly Sample[],
  fitted: Smoothing,
  from?: { readonly state: SmoothingState; readonly error: number },
): { readonly state: SmoothingState; readonly errors: readonly number[] } {
  if (from !== undefined) {
    const state = { ...from.state, season: [...from.state.season] };
    correct(fitted, state, from.error);
    return { state, errors: [] };
  }
  const state = startState(values, fitted);
  const errors: number[] = [];
  for (const value of values) {
    // A gap is passed with what was expected: it teaches nothing.
    const error = isMeasured(value) ? value - expected(fitted, state) : 0;
    if (isMeasured(value)) errors.push(error);
    correct(fitted, state, error);
  }
  return { state, errors };
}

/** Expectations of the next `horizon` values. */
export function stepAhead(fitted: Smoothing, state: SmoothingState, horizon: number): number[] {
  let damping = 0;
  return Array.from({ length: horizon }, (_, step) => {
    damping += fitted.phi ** (step + 1);
    return state.level + damping * state.trend + seasonAt(state, state.at + step);
  });
}

function expected(fitted: Smoothing, state: SmoothingState): number {
  return state.level + fitted.phi * state.trend + seasonAt(state, state.at);
}

function correct(fitted: Smoothing, state: SmoothingState, error: number): void {
  const carried = fitted.phi * state.trend;
  state.level += carried + fitted.alpha * error;
  state.trend = carried + fitted.alpha * fitted.beta * error;
  if (state.season.length > 0) {
    const phase = state.at % state.season.length;
    state.season[phase] = (state.season[phase] ?? 0) + fitted.gamma * (1 - fitted.alpha) * error;
  }
  state.at += 1;
}

function seasonAt({ season }: SmoothingState, at: number): number {
  return season.length === 0 ? 0 : (season[at % season.length] ?? 0);
}

const START_VALUES = 10;

function startState(values: readonly Sample[], { gamma, period }: Smoothing): SmoothingState {
  const season = gamma > 0 ? seasonalPart(values, period).slice(0, period) : [];
  const first = values.slice(0, Math.max(START_VALUES, period));
  const level = median(
    first.map((value, i) =>
      isMeasured(value) ? value - (season[i % Math.max(1, season.length)] ?? 0) : null,
    ),
  );
  return { level, trend: 0, season, at: 0 };
}
