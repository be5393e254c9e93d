import type { Arm, Verdict, VerdictOptions } from '@omni/contracts/rollout-verdict/verdict.ts';
import { judgeRollout } from '@omni/contracts/rollout-verdict/verdict.ts';
import { applyHead } from './classify/apply-head.ts';
import { trainHead } from './classify/train-head.ts';
import { findAnomalies } from './timeseries/anomalies.ts';
import { findChangePoints } from './timeseries/change-points.ts';
import { forecast } from './timeseries/forecast.ts';
import { clusterLogs } from './logs/cluster-logs.ts';
import { compareVectors, findDuplicates } from './vectors/compare-vectors.ts';

/** Everything that runs in the analysis thread; pure functions of what can be cloned. */
const TASKS = {
  applyHead,
  trainHead,
  verdict: ({ baseline, canary, options }: VerdictInput): Verdict =>
    judgeRollout(baseline, canary, options),
  clusterLogs,
  compareVectors,
  findDuplicates,
  findAnomalies,
  findChangePoints,
  forecast,
};

export interface VerdictInput {
  readonly baseline: Arm;
  readonly canary: Arm;
  readonly options: VerdictOptions;
}

type Tasks = typeof TASKS;
export type TaskName = keyof Tasks;
export type TaskInput<Name extends TaskName> = Parameters<Tasks[Name]>[0];
export type TaskOutput<Name extends TaskName> = ReturnType<Tasks[Name]>;

/** Runs a task by its name; input comes from `Analyst.run`, whose types fit. */
export function runTask(name: TaskName, input: unknown): unknown {
  const task: (input: never) => unknown = TASKS[name];
  return task(input as never);
}
