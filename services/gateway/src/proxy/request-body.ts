import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { hasBody } from './request-checks.ts';

/** Bodies up to this size are collected: one write to the upstream instead of a stream's machinery. */
const COLLECT_UP_TO = 64 * 1024;

export class BodyTooLarge extends Error {
  readonly code = 'BODY_TOO_LARGE';
}

export type BodyPlan =
  | { kind: 'none' }
  | { kind: 'too_large' }
  | { kind: 'collect' }
  | { kind: 'stream'; stream: Readable };

/** How the body of a request reaches the upstream. A declared length over the limit is refused. */
export function planBody(request: IncomingMessage, limitBytes: number): BodyPlan {
  if (!hasBody(request)) return { kind: 'none' };
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > limitBytes) return { kind: 'too_large' };
  if (declared !== undefined && Number(declared) <= COLLECT_UP_TO) return { kind: 'collect' };
  return { kind: 'stream', stream: request.pipe(createLimit(limitBytes)) };
}

/** Reads a small body; `done` is not called when the client leaves before its end. */
export function collectBody(request: IncomingMessage, done: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () =>
    done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
  );
}

/**
 * Counts while streaming. A stream of our own also keeps undici from destroying the request, and
 * with it the connection that the answer must go out on.
 */
function createLimit(limitBytes: number): Transform {
  let received = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      received += chunk.length;
      if (received > limitBytes) callback(new BodyTooLarge());
      else callback(null, chunk);
    },
  });
}
