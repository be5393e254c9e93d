import type http from 'node:http';
import { PROBLEM_CONTENT_TYPE } from '@omni/contracts/problem.ts';

export interface RouterProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
  readonly retryAfterS?: number;
}

/** Answers with a problem body, or cuts the connection when an answer has begun already. */
export function sendProblem(response: http.ServerResponse, problem: RouterProblem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { retryAfterS, ...rest } = problem;
  const body = JSON.stringify({ type: 'about:blank', ...rest });
  response.writeHead(problem.status, {
    'content-type': PROBLEM_CONTENT_TYPE,
    'content-length': Buffer.byteLength(body),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  });
  response.end(body);
}

export const NOT_HERE: RouterProblem = {
  status: 404,
  code: 'host_not_found',
  title: 'No service answers to this host name',
};

export const TOO_SLOW: RouterProblem = {
  status: 504,
  code: 'request_timeout',
  title: 'The request took longer than the revision allows',
};

export const NO_TRAFFIC: RouterProblem = {
  status: 503,
  code: 'no_ready_revision',
  title: 'No revision is ready to receive traffic',
  retryAfterS: 1,
};

export const INSTANCE_LOST: RouterProblem = {
  status: 502,
  code: 'instance_lost',
  title: 'The instance ended the connection before it answered',
};

/** 404 as on Cloud Run: whoever may not come in learns nothing about what is inside. */
export const INGRESS_REFUSED: RouterProblem = {
  status: 404,
  code: 'ingress_refused',
  title: 'The service is not reachable from here',
};

export const FORBIDDEN: RouterProblem = {
  status: 403,
  code: 'invoker_required',
  title: 'The service asks for an identity that may invoke it',
};

export const TOKEN_REFUSED: RouterProblem = {
  status: 401,
  code: 'invoker_token_invalid',
  title: 'The bearer token is not one that this service accepts',
};
