import type { IncomingMessage } from 'node:http';
import { hasBody } from './request-checks.ts';
import type { FramingHeaders } from './request-checks.ts';

/** Bodies up to this size are collected: one write to the upstream, and it can be sent again. */
const COLLECT_UP_TO = 64 * 1024;

export type BodyPlan =
  | { kind: 'none' }
  | { kind: 'too_large' }
  | { kind: 'collect' }
  /** `length` when the client told it; else the body is counted while it is passed on. */
  | { kind: 'stream'; length: number | undefined };

const NONE: BodyPlan = { kind: 'none' };
const COLLECT: BodyPlan = { kind: 'collect' };
const TOO_LARGE: BodyPlan = { kind: 'too_large' };

/** How the body of a request reaches the upstream. A declared length over the limit is refused. */
export function planBody(head: FramingHeaders, limitBytes: number): BodyPlan {
  if (!hasBody(head)) return NONE;
  const declared = head['content-length'];
  if (declared === undefined) return { kind: 'stream', length: undefined };
  const length = Number(declared);
  if (length > limitBytes) return TOO_LARGE;
  return length <= COLLECT_UP_TO ? COLLECT : { kind: 'stream', length };
}

/** Reads a small body; `done` is not called when the client leaves before its end. */
export function collectBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () =>
    done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
  );
}

/** Counts a body while it is passed on. To be called before anybody else listens to the stream. */
export function watchSize(
  request: IncomingMessage,
  limitBytes: number,
  exceeded: () => void,
): void {
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received <= limitBytes) return;
    request.off('data', count);
    exceeded();
  };
  request.on('data', count);
  // Counting alone must not make it flow.
  request.pause();
}
