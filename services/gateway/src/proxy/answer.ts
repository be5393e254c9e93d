import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import type { StreamedMessage } from './client-message.ts';
import type { Refusal } from './refusal.ts';
import { refusals } from './refusal.ts';
import { markClosing } from './closing-socket.ts';
import { bodyPending } from './request-checks.ts';
import type { RequestScope } from './request-scope.ts';

/** How long an answered client may go on sending a body that nobody wants. */
const LINGER_MS = 1_000;

/** Sends a problem body instead of the upstream's answer. */
export function answerRefusal(scope: RequestScope, refusal: Refusal): void {
  scope.errorType = refusal.errorType;
  const { status, code, title, detail } = refusal;
  const requestId = refusal.anonymous === true ? undefined : scope.requestId;
  const body = JSON.stringify(toProblem({ status, code, title, detail, requestId }));
  answer(scope, {
    status,
    headers: [
      'content-type',
      PROBLEM_TYPE,
      'cache-control',
      'no-store',
      ...(refusal.headers ?? []),
    ],
    body,
    close: refusal.close === true,
  });
}

/** Answers a fault of the gateway itself; log and fault report get the cause, the client nothing. */
export function answerFault(scope: RequestScope, fault: unknown): void {
  scope.fault = fault ?? new Error('Failed without a reason');
  if (scope.response.headersSent) {
    scope.errorType = refusals.internal.errorType;
    scope.response.destroy();
    return;
  }
  answerRefusal(scope, refusals.internal);
}

export interface Answer {
  status: number;
  headers: readonly string[];
  body: string;
  close?: boolean;
}

/** Sends a complete answer of the gateway itself. */
export function answer(scope: RequestScope, { status, headers, body, close }: Answer): void {
  const { request, response, streamed } = scope;
  if (response.headersSent || response.destroyed) return;
  const unread = close === true && bodyPending(scope);
  // Bytes of an unread body would be taken for the next request.
  if (close === true || scope.expectsContinue) {
    response.shouldKeepAlive = false;
    markClosing(request.socket);
  }
  writeHead(scope, { status, headers, body });
  if (!unread || streamed === undefined || request.method === 'HEAD') {
    if (request.method === 'HEAD') response.end();
    else response.end(body, 'utf8');
    return;
  }
  response.write(body);
  endLingering(streamed);
}

function writeHead(scope: RequestScope, { status, headers, body }: Answer): void {
  const length = Buffer.byteLength(body);
  const lengthHeader = status === 204 ? [] : ['content-length', String(length)];
  scope.response.writeHead(status, [...headers, ...lengthHeader, ...scope.headers]);
  scope.bytesSent += length;
}

/** Closing at once would reset the connection before a client that still sends has read the answer. */
export function endLingering({ request, response }: StreamedMessage): void {
  request.resume();
  const timer = setTimeout(() => response.end(), LINGER_MS);
  request.once('close', () => {
    clearTimeout(timer);
    response.end();
  });
}
