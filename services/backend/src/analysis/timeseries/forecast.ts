import { seeded } from '@omni/contracts/rollout-verdict/quantile-ratio.ts';
import type { Model, Smoothing } from './smoothing.ts';
import { fitSmoothing, runSmoothing, stepAhead } from './smoothing.ts';
import type { Sample } from './robust.ts';
import { isMeasured } from './robust.ts';

export interface ForecastInput {
  readonly values: readonly Sample[];
  /** How many values to foretell. */
  readonly horizon: number;
  readonly period?: number | undefined;
  /** Share of the future values that the band is to hold. Default 0.95. */
  readonly coverage?: number | undefined;
}

export interface Forecast {
  readonly model: Model;
  readonly mean: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const PATHS = 500;
const DEFAULT_COVERAGE = 0.95;

/**
 * Exponential smoothing with damped trend and additive season as far as they pay (R. J. Hyndman,
 * G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., chapter 8). The band comes from
 * paths simulated with the model's own errors, so it needs no assumption about their shape. The same
 * input always gives the same forecast; a series without a value has none (NaN).
 */
export function forecast({ values, horizon, period, coverage }: ForecastInput): Forecast {
  const fitted = fitSmoothing(values, period);
  const { state, errors } = runSmoothing(values, fitted);
  const mean = stepAhead(fitted, state, horizon);
  if (errors.length === 0) return { model: fitted.model, mean, low: mean, high: mean };
  const paths = simulate(fitted, { state, errors, horizon });
  const outside = (1 - (coverage ?? DEFAULT_COVERAGE)) / 2;
  const at = (step: number, share: number): number => {
    const sorted = paths.map((path) => path[step] ?? Number.NaN).sort((a, b) => a - b);
    return sorted[Math.round(share * (PATHS - 1))] ?? Number.NaN;
  };
  return {
    model: fitted.model,
    mean,
    low: mean.map((_, step) => at(step, outside)),
    high: mean.map((_, step) => at(step, 1 - outside)),
  };
}

interface Futures {
  readonly state: ReturnType<typeof runSmoothing>['state'];
  readonly errors: readonly number[];
  readonly horizon: number;
}

function simulate(fitted: Smoothing, { state, errors, horizon }: Futures): number[][] {
  const random = seeded(horizon + errors.length);
  return Array.from({ length: PATHS }, () => {
    const path: number[] = [];
    const future = { ...state, season: [...state.season] };
    for (let step = 0; step < horizon; step += 1) {
      const error = errors[Math.floor(random() * errors.length)] ?? 0;
      const [expected = Number.NaN] = stepAhead(fitted, future, 1);
      const value = expected + error;
      path.push(value);
      if (isMeasured(value)) advance(fitted, future, error);
    }
    return path;
  });
}

function advance(fitted: Smoothing, state: Futures['state'], error: number): void {
  const next = runSmoothing([], fitted, { state, error });
  Object.assign(state, next.state);
}
