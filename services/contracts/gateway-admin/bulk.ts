import { z } from 'zod';
import { keyRecord } from './keys.ts';
import { epoch, keyId, reason } from './plain-text.ts';

const ids = z.array(keyId).min(1).max(1_000);

/** Ids that were found offline, in a leak for example; the text itself never comes here. */
export const scanRequest = z.object({ ids });
export const scanAnswer = z.object({ found: z.array(keyRecord), unknown: z.array(z.string()) });

export const bulkAction = z.enum(['revoke', 'disable', 'enable', 'delete']);

/** The operator types the count, so that a list that grew meanwhile is noticed. */
export const bulkRequest = z.object({
  action: bulkAction,
  ids,
  confirmCount: z.number().int().positive(),
  reason,
});

/** Each key is a change of its own: one that fails does not undo the others. */
export const bulkAnswer = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      /** `done`, or the code of the error that this key met. */
      outcome: z.string(),
    }),
  ),
  done: z.number().int(),
  failed: z.number().int(),
  epoch,
});
export type BulkAnswer = z.infer<typeof bulkAnswer>;
