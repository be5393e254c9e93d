import type { FastifyReply } from 'fastify';
import type { StageTimes } from '../inference/inference-metrics.ts';

/** Tells in headers where the time since `begin` (as performance.now()) went, in milliseconds. */
export function addTimings(reply: FastifyReply, result: StageTimes, begin: number): void {
  const total = performance.now() - begin;
  const timings = {
    total,
    queue: result.queueMs,
    tokenization: result.tokenizeMs,
    inference: result.inferMs,
  };
  for (const [name, ms] of Object.entries(timings)) reply.header(`x-${name}-time`, ms.toFixed(2));
  reply.header(
    'server-timing',
    Object.entries(timings)
      .map(([name, ms]) => `${name};dur=${ms.toFixed(2)}`)
      .join(', '),
  );
}
