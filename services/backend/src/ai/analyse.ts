import { problem, PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';
import type { ResponseDoc } from '@omni/kit/api-docs/route-doc.ts';
import { AnalysisError } from '../analysis/analyst.ts';
import type { Analyst } from '../analysis/analyst.ts';
import type { TaskInput, TaskName, TaskOutput } from '../analysis/tasks.ts';
import { HttpError } from '../routes/http-error.ts';

/** Answers of `analyse` that are no result, by `AnalysisError`'s codes. */
const ANSWERS: Readonly<Record<AnalysisError['code'], { status: number; title: string }>> = {
  queue_full: { status: 429, title: 'Too many analyses wait' },
  deadline_exceeded: { status: 504, title: 'The analysis took too long: send less' },
  analysis_failed: { status: 503, title: 'The analysis broke off' },
  shutting_down: { status: 503, title: 'This instance is stopping' },
};

const refusal = (description: string): ResponseDoc => ({
  description,
  schema: problem,
  contentType: PROBLEM_CONTENT_TYPE,
});

/** What every route that calls `analyse` says of these answers. */
export const analysisRefusals: Readonly<Record<number, ResponseDoc>> = {
  429: refusal('Too many analyses wait: retry after `Retry-After` seconds'),
  503: refusal('The analysis broke off, or the instance stops: retry'),
  504: refusal('The analysis took too long: send less'),
};

/** Runs a task in the analysis thread; what goes wrong is an HTTP answer. */
export async function analyse<Name extends TaskName>(
  analyst: Analyst,
  task: Name,
  input: TaskInput<Name>,
): Promise<TaskOutput<Name>> {
  try {
    return await analyst.run(task, input);
  } catch (error) {
    if (!(error instanceof AnalysisError)) throw error;
    const { status, title } = ANSWERS[error.code];
    throw new HttpError(status, {
      code: error.code,
      title,
      detail: error.message,
      ...(status === 504 ? {} : { retryAfterSeconds: analyst.drainSeconds }),
    });
  }
}
