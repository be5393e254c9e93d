import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import type { PendingChange } from '../domain/safety.ts';
import { mutateConsole, read } from './procedure.ts';

const pendingChange: z.ZodType<PendingChange, PendingChange> = z.object({
  id: z.string(),
  action: z.string(),
  subject: z.string(),
  target: z.string(),
  confirmedAt: z.number(),
  startsAt: z.number(),
});

export const safety = {
  /**
   * Answers the challenge of CONFIRMATION_REQUIRED with what the operator typed; the very same call
   * is then allowed once. Changes nothing by itself, so it leaves no entry of its own.
   */
  confirm: read.input(z.object({ challenge: z.string(), typed: z.string().max(200) })),
  /** Changes that wait for the time in which they can be taken back; at once and after every change. */
  watchPending: read.output(eventIterator(z.array(pendingChange))),
  /** Takes a change back before anything of it was sent. Too late is no error: it runs then. */
  cancelPending: mutateConsole.input(z.object({ id: z.string() })),
};
