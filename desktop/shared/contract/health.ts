import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import type { StackHealth } from '../domain/health.ts';
import { HEALTH_NODES } from '../domain/health.ts';
import { read } from './procedure.ts';

const healthState = z.enum(['ok', 'warn', 'bad', 'idle', 'starting']);
const nodeId = z.enum(HEALTH_NODES);

const stackHealth: z.ZodType<StackHealth, StackHealth> = z.object({
  nodes: z.array(
    z.object({
      id: nodeId,
      title: z.string(),
      state: healthState,
      word: z.string(),
      reason: z.string().nullable(),
      since: z.number().nullable(),
      observedAt: z.number().nullable(),
      facts: z.array(z.object({ label: z.string(), value: z.string() })),
    }),
  ),
  edges: z.array(
    z.object({
      from: z.enum(['clients', ...HEALTH_NODES]),
      to: nodeId,
      state: healthState,
      latencyMs: z.number().nullable(),
    }),
  ),
  verdict: z.object({ state: healthState, title: z.string(), sentence: z.string().nullable() }),
  observedAt: z.number(),
});

export const health = {
  /** Probes every part once. Never fails because a part is down: that is its answer. */
  check: read.output(stackHealth),
  /** The same at 1 Hz, and at once when something changes. */
  watch: read.output(eventIterator(stackHealth)),
};
