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
  const stages: string[] = [];
  for (const [name, duration] of Object.entries(timings)) {
    const ms = duration.toFixed(2);
    reply.header(`x-${name}-time`, ms);
    stages.push(`${name};dur=${ms}`);
  }
  reply.header('server-timing', stages.join(', '));
}
