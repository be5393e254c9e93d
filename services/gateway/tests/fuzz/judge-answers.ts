import type { StrictMessage } from '../strict-http.ts';
import { NotHttp, readAnswer, valuesOf } from '../strict-http.ts';
import { hostileAnswer } from './answers.ts';
import type { Intent } from './ledger.ts';

/** Upstreams may answer HTTP/1.0; only HTTP/1.1 goes to clients. */
const UPSTREAM_LINE = /^(HTTP\/1\.[01]) ([1-9][0-9][0-9]) ?([\t \x21-\x7e\x80-\xff]*)$/;
const BODYLESS = new Set(['HEAD']);

/** The answer that the recording upstream gives to a request: it says which request it was for. */
export function echoOf(request: StrictMessage): string {
  const body = echoBody(request);
  return `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

const echoBody = ({ start, body }: StrictMessage): string =>
  `${start[0]} ${start[1]} ${body.length}`;

/** What is wrong with the answers to an input, or null. */
export function judgeAnswers(
  { input, requests }: Intent,
  answers: readonly StrictMessage[],
  seed: number,
): string | null {
  for (const [at, answer] of answers.entries()) {
    // Behind this one clients read nothing; it may say that what followed is no HTTP.
    const isLast = at > 0 && valuesOf(answers[at - 1] ?? answer, 'connection').includes('close');
    if (isLast) return isOwn(answer) ? null : 'an answer behind the last one';
    const request = requests[at];
    const fault =
      input.subject === 'upstream'
        ? judgeHostile(answer, { index: input.index, request, seed })
        : judgeEcho(answer, request);
    if (fault !== null) return fault;
  }
  return answers.length > requests.length + 2 ? `${answers.length} answers` : null;
}

function judgeEcho(answer: StrictMessage, request: StrictMessage | undefined): string | null {
  if (isOwn(answer)) return null;
  if (request === undefined) return 'an answer of the upstream to what is no request';
  if (BODYLESS.has(request.start[0])) return null;
  // Max-Forwards: 0 ends here (RFC 9110 7.6.2).
  if (valuesOf(request, 'max-forwards').includes('0')) return null;
  const body = answer.body.toString('latin1');
  return body === echoBody(request)
    ? null
    : `the answer to another request: ${JSON.stringify(body)}`;
}

/** An answer to a hostile upstream: a problem of ours, or exactly what the upstream said. */
function judgeHostile(
  answer: StrictMessage,
  { index, request, seed }: { index: number; request: StrictMessage | undefined; seed: number },
): string | null {
  if (valuesOf(answer, 'server').length + valuesOf(answer, 'x-powered-by').length > 0) {
    return 'a header that names the upstream';
  }
  if (isOwn(answer)) return null;
  const head = request?.start[0] === 'HEAD';
  const said = saidBy(hostileAnswer(seed, index).bytes, head);
  if (said === null) return 'an answer made of what is no answer';
  if (said.start[1] !== answer.start[1]) return `status ${answer.start[1]}, not ${said.start[1]}`;
  return said.body.equals(answer.body) || head ? null : 'another body than the upstream sent';
}

/** The first final answer in the bytes, or null. */
function saidBy(bytes: Buffer, head: boolean): StrictMessage | null {
  try {
    let at = 0;
    for (;;) {
      const message = readAnswer(bytes, at, { head, closed: true, line: UPSTREAM_LINE });
      if (message === null || Number(message.start[1]) >= 200) return message;
      at = message.end;
    }
  } catch (error) {
    if (error instanceof NotHttp) return null;
    throw error;
  }
}

/** Whether the gateway itself answered: a problem, a preflight's 204, health. */
function isOwn(answer: StrictMessage): boolean {
  const status = Number(answer.start[1]);
  const type = valuesOf(answer, 'content-type')[0] ?? '';
  if (type.startsWith('application/problem+json')) return true;
  return status >= 400 && answer.body.length === 0;
}
