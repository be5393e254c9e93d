import { z } from 'zod';
import { mutateConsole, read } from './procedure.ts';

/** One line of the append-only, hash-chained record of what was done, by whom, with what outcome. */
export const auditEntry = z.object({
  sequence: z.number(),
  at: z.number(),
  actor: z.string(),
  target: z.string(),
  action: z.string(),
  subject: z.string(),
  outcome: z.enum(['ok', 'refused', 'failed', 'cancelled']),
  detail: z.string(),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** What a check of the whole log found. */
const auditVerdict = z.object({
  entries: z.number(),
  /** The first entry that isn't what was once written there; null when there is none. */
  brokenAt: z.number().nullable(),
  /** What is wrong in one sentence; null when nothing is. */
  problem: z.string().nullable(),
  /** The first entry whose number the seal vouches for; null without a seal. */
  sealedFrom: z.number().nullable(),
});
export type AuditVerdict = z.infer<typeof auditVerdict>;

/** `csv` for a spreadsheet, `jsonl` with the hashes, to verify it elsewhere. */
export const AUDIT_FORMATS = ['csv', 'jsonl'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

const auditExport = z.object({ file: z.string(), entries: z.number() });
export type AuditExport = z.infer<typeof auditExport>;

export const audit = {
  /** Newest first. */
  list: read
    .input(z.object({ limit: z.number().int().min(1).max(500) }))
    .output(z.array(auditEntry)),
  /** Recomputes the chain and compares it with its seal. */
  verify: read.output(auditVerdict),
  /** Writes the whole log to a file of its own on the console's machine. */
  export: mutateConsole.input(z.object({ format: z.enum(AUDIT_FORMATS) })).output(auditExport),
};
