import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_TYPE, toProblem } from '@omni/kit/problem-response.ts';
import { isClosing, markClosing } from './closing-socket.ts';

const LAST = Symbol('last answer');

interface AnsweredSocket extends Duplex {
  [LAST]?: ServerResponse;
}

/** Remembers which answer of a connection comes last, for `answerClientError`. */
export function rememberAnswer(socket: AnsweredSocket, response: ServerResponse): void {
  socket[LAST] = response;
}

/**
 * Answers bytes that are no HTTP, but never in the place of another answer: behind a good request
 * the connection ends once that is answered, and inside an answer it breaks.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: AnsweredSocket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (isClosing(socket)) {
    // The last answer was given; what follows it gets none.
    socket.end();
    return;
  }
  const last = socket[LAST];
  if (last === undefined || last.writableFinished) refuse(error.code, socket);
  else if (last.req.complete) endAfter(last, socket);
  // The fault is in the body of the last request itself. Node gives an answer its socket when all
  // before it are out: without one, a status would be read as the answer to an earlier request.
  else if (last.socket === null || last.headersSent) socket.destroy();
  else refuse(error.code, socket);
}

function endAfter(last: ServerResponse, socket: Duplex): void {
  markClosing(socket);
  if (!last.headersSent) last.shouldKeepAlive = false;
  last.once('close', () => socket.end());
}

function refuse(errorCode: string | undefined, socket: Duplex): void {
  const { status, reason, code } = clientErrorStatus(errorCode);
  const body = JSON.stringify(toProblem({ status, code, title: 'The request is not valid HTTP' }));
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function clientErrorStatus(code: string | undefined): {
  status: number;
  reason: string;
  code: string;
} {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, reason: 'Request Header Fields Too Large', code: 'headers_too_large' };
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, reason: 'Request Timeout', code: 'request_timeout' };
  }
  return { status: 400, reason: 'Bad Request', code: 'invalid_request' };
}
