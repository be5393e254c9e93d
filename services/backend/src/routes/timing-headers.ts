import type { FastifyReply } from 'fastify';
import type { StageTimes } from '../inference/inference-metrics.ts';

/** Tells in headers where the time since `begin` (as performance.now()) went, in milliseconds. */
export function addTimings(reply: FastifyReply, result: StageTimes, begin: number): void {
  const total = (performance.now() - begin).toFixed(2);
  const queue = result.queueMs.toFixed(2);
  const tokenization = result.tokenizeMs.toFixed(2);
  const inference = result.inferMs.toFixed(2);
  reply
    .header('x-total-time', total)
    .header('x-queue-time', queue)
    .header('x-tokenization-time', tokenization)
    .header('x-inference-time', inference)
    .header(
      'server-timing',
      `total;dur=${total}, queue;dur=${queue}, tokenization;dur=${tokenization}, inference;dur=${inference}`,
    );
}
