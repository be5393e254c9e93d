import { z } from 'zod';
import { epoch } from './plain-text.ts';

/**
 * What an instance last reported. `confirmed`: it works by the present epoch. `behind`: it reported
 * lately, an older one. `idle_guarded`: silent, probably frozen; it checks before it serves again.
 * `lost`: silent for so long that it is counted out.
 */
export const receiptState = z.enum(['confirmed', 'behind', 'idle_guarded', 'lost']);

export const instanceReceipt = z.object({
  instance: z.string(),
  revision: z.string(),
  epoch,
  confirmedAt: z.iso.datetime(),
  /** Since then, by the clock of the store. */
  ageMs: z.number(),
  state: receiptState,
});
export type InstanceReceipt = z.infer<typeof instanceReceipt>;

/** `GET /epoch`, and the data of every event of `GET /epoch/stream`. */
export const epochQuery = z.object({
  epoch: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('The change that is asked about; without it the newest'),
});

export const epochStatus = z.object({
  epoch,
  /** When the epoch was raised last; null before the first change. */
  changedAt: z.iso.datetime().nullable(),
  instances: z.array(instanceReceipt),
});
export type EpochStatus = z.infer<typeof epochStatus>;
