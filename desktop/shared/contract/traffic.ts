import { z } from 'zod';
import { mutate } from './procedure.ts';

const share = z.object({
  revision: z.string(),
  percent: z.number(),
  tag: z.string().nullable(),
});

const setInput = z.object({
  service: z.string(),
  shares: z.array(share).min(1).max(50),
  reason: z.string().max(200).default(''),
  /** Version of the service that the confirmed plan was read at; absent when there was no plan. */
  etag: z.string().optional(),
});
export type TrafficInput = z.infer<typeof setInput>;

/** The split of a service by hand; its plan is `deployments.planTraffic`. */
export const traffic = {
  /** Returns at once; follow the operation. */
  set: mutate.input(setInput).output(z.object({ operationId: z.string() })),
};
