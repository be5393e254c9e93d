import type { Problem } from '@omni/contracts/problem.ts';

/** Same value as contracts' constant, repeated so that answering an error does not load zod. */
export const PROBLEM_TYPE = 'application/problem+json';

export interface ProblemInput {
  status: number;
  /** snake_case, listed in docs/errors.md. */
  code: string;
  title: string;
  /** For the client. Ignored for 5xx, whose causes belong in the log only. */
  detail?: string | undefined;
  requestId?: string | undefined;
}

/** Builds an RFC 9457 body. The detail of a 5xx is dropped: it may describe our inside. */
export function toProblem(input: ProblemInput): Problem {
  return {
    type: 'about:blank',
    title: input.title,
    status: input.status,
    code: input.code,
    ...(input.detail === undefined || input.status >= 500 ? {} : { detail: input.detail }),
    ...(input.requestId === undefined ? {} : { request_id: input.requestId }),
  };
}
