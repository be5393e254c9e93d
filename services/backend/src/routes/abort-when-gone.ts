import type { FastifyReply } from 'fastify';

/** Aborts when the connection closes before the answer was written. */
export function abortWhenGone(reply: FastifyReply, work: AbortController): void {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) work.abort();
  });
}
