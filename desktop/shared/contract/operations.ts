import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import type { Operation } from '../domain/operation.ts';
import { OPERATION_KINDS, STAGE_ORDER } from '../domain/operation.ts';
import { canary } from './canary-state.ts';
import { mutateConsole, read } from './procedure.ts';
import { release } from './release-state.ts';

const time = z.number().nullable();
const usualTime = z.object({ low: z.number(), high: z.number() }).nullable();

export const operation: z.ZodType<Operation, Operation> = z.object({
  id: z.string(),
  kind: z.enum(OPERATION_KINDS),
  target: z.string(),
  service: z.string(),
  title: z.string(),
  state: z.enum([
    'queued',
    'running',
    'cancelling',
    'succeeded',
    'failed',
    'cancelled',
    'interrupted',
  ]),
  stages: z.array(
    z.object({
      id: z.enum(STAGE_ORDER),
      state: z.enum(['pending', 'running', 'done', 'failed', 'cancelled', 'skipped']),
      startedAt: time,
      endedAt: time,
      detail: z.string().nullable(),
      usualMs: usualTime,
    }),
  ),
  committed: z.boolean(),
  createdAt: z.number(),
  startedAt: time,
  endedAt: time,
  restarted: z.boolean().optional(),
  usualMs: usualTime,
  error: z.object({ code: z.string(), message: z.string(), nextStep: z.string() }).nullable(),
  result: z
    .object({
      revision: z.string(),
      previousRevision: z.string().nullable(),
      verifiedAnswers: z.number(),
      wantedAnswers: z.number(),
      elapsedMs: z.number(),
      notServing: z.boolean().optional(),
      closed: z.boolean().optional(),
      before: z
        .object({
          shares: z.array(
            z.object({ revision: z.string(), percent: z.number(), tag: z.string().nullable() }),
          ),
          followsLatest: z.boolean(),
        })
        .optional(),
    })
    .nullable(),
  canary: canary.nullable(),
  release: release.nullable(),
  upstream: z.object({ from: z.string().nullable(), to: z.string() }).nullable(),
  log: z.array(z.object({ at: z.number(), line: z.string() })),
});

export const operations = {
  /** Newest first, at most 50, without their logs. */
  list: read.output(z.array(operation)),
  /** The same list at once and after every change. */
  watchAll: read.output(eventIterator(z.array(operation))),
  /** One operation with its log, until it has ended. */
  watch: read.input(z.object({ id: z.string() })).output(eventIterator(operation)),
  /**
   * Before the traffic shift: stops the work and leaves the serving revision alone. From the shift
   * on an operation can't be cancelled, only rolled back. Works on a read-only target too: what runs
   * there has to be stoppable.
   */
  cancel: mutateConsole.input(z.object({ id: z.string() })).output(operation),
};
