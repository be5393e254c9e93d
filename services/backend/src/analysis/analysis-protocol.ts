import type { TaskName } from './tasks.ts';

/** What the thread is asked. */
export interface AnalysisRequest {
  readonly id: number;
  readonly task: TaskName;
  readonly input: unknown;
}

/** What it answers, one for each request. */
export type AnalysisAnswer =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly failure: string };
