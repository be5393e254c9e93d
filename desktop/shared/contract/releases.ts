import { z } from 'zod';
import { mutate, mutateAtOnce, read } from './procedure.ts';
import { release, releasePart } from './release-state.ts';

const started = z.object({ operationId: z.string() });

const overview = z.object({
  /** What serves now, in the order of deployment. */
  serving: z.array(releasePart),
  /** Newest first. */
  releases: z.array(release),
  /** What a rollback of the stack would go to; null when there is no other good pair. */
  lastGood: release.nullable(),
});
export type ReleaseOverview = z.infer<typeof overview>;

const rollBackInput = z.object({
  id: z.string(),
  /** The release's own pair, or the one that served before it. */
  to: z.enum(['itself', 'before']),
  reason: z.string().max(200).default(''),
});

/** Backend and gateway as one object. */
export const releases = {
  list: read.output(overview),
  /** Builds both, deploys the backend, then the gateway; a failure leaves both as they were. */
  start: mutate.input(z.object({ build: z.boolean().default(true) })).output(started),
  /** Both back to a pair that was good; traffic only. */
  rollBack: mutateAtOnce.input(rollBackInput).output(started),
};
