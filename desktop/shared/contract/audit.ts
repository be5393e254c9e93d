import { z } from 'zod';
import { read } from './procedure.ts';

/** One line of the append-only, hash-chained record of what was done, by whom, with what outcome. */
export const auditEntry = z.object({
  sequence: z.number(),
  at: z.number(),
  actor: z.string(),
  target: z.string(),
  action: z.string(),
  subject: z.string(),
  outcome: z.enum(['ok', 'refused', 'failed']),
  detail: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

export const audit = {
  /** Newest first. */
  list: read
    .input(z.object({ limit: z.number().int().min(1).max(500) }))
    .output(z.array(auditEntry)),
  /** Recomputes the chain; `brokenAt` names the first entry that doesn't fit. */
  verify: read.output(z.object({ entries: z.number(), brokenAt: z.number().nullable() })),
};
