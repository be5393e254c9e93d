import { z } from 'zod';
import { operation as operationSchema } from '../../../shared/contract/operations.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import { NO_PROGRESS } from '../../ports/operation-journal.ts';

const share = z.object({
  revision: z.string(),
  percent: z.number(),
  tag: z.string().nullable(),
});

const split = z.object({ shares: z.array(share), followsLatest: z.boolean() });
const wanted = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('split'), shares: z.array(share) }),
  z.object({ kind: z.literal('latest') }),
]);

const journalEntry: z.ZodType<JournalEntry> = z.object({
  operation: operationSchema,
  order: z.unknown(),
  progress: z.object({
    buildName: z.string().nullable(),
    image: z.string().nullable(),
    before: z.object({ serving: z.string().nullable(), followedLatest: z.boolean() }).nullable(),
    remoteName: z.string().nullable(),
    revision: z.string().nullable(),
    shift: z.object({ wanted, before: split }).nullable(),
  }),
});

/** Before there were orders: just the names, and a stage that is called otherwise today. */
const earlier = z.object({
  operation: z.looseObject({ stages: z.array(z.looseObject({ id: z.string() })) }),
  remoteName: z.string().nullable(),
  revision: z.string().nullable(),
});

/** A line as an entry; throws when it is none. */
export function parseJournalLine(line: string): JournalEntry {
  const raw: unknown = JSON.parse(line);
  const old = earlier.safeParse(raw);
  return journalEntry.parse(old.success ? upgraded(old.data) : raw);
}

function upgraded({ operation, remoteName, revision }: z.infer<typeof earlier>): unknown {
  const stages = operation.stages.map((stage) => ({
    ...stage,
    id: stage.id === 'start' ? 'ready' : stage.id,
    usualMs: null,
  }));
  const added = { committed: false, canary: null, release: null, upstream: null };
  const progress = { ...NO_PROGRESS, remoteName, revision };
  return { operation: { ...added, ...operation, stages }, order: null, progress };
}
