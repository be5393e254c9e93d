import { z } from 'zod';
import { plan } from './plan.ts';
import { mutate, read } from './procedure.ts';

const address = z.object({ url: z.url({ protocol: /^https?$/ }).max(300) });

/** Which backend the gateway stands in front of. */
export const upstream = {
  /** The address now, and whether it is the stack's own backend. */
  read: read.output(z.object({ url: z.string().nullable(), own: z.string().nullable() })),
  plan: read.input(address).output(plan),
  /** Verified before and after; its undo is a rollback of the gateway, or a switch back. */
  switch: mutate
    .input(address.extend({ etag: z.string().optional() }))
    .output(z.object({ operationId: z.string() })),
};
