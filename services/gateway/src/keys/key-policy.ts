import { limitPolicySchema, quotaPolicySchema } from '@omni/contracts/limits.ts';
import { z } from 'zod';
import { isCidr } from './cidr.ts';
import { parseScope } from './scope.ts';

const MAX_ITEMS = 50;

/** Who may use a key for what, from where and how much. Empty lists do not restrict. */
export const keyPolicy = z.object({
  scopes: z
    .array(z.string().refine((text) => parseScope(text) !== null, 'is not a scope'))
    .max(MAX_ITEMS)
    .default([]),
  cidrs: z
    .array(z.string().refine(isCidr, 'is not an address or CIDR range'))
    .max(MAX_ITEMS)
    .default([]),
  limits: z.array(limitPolicySchema).max(8).refine(haveOwnIds, 'ids must differ').default([]),
  quotas: z.array(quotaPolicySchema).max(4).refine(haveOwnIds, 'ids must differ').default([]),
  /** Accepted although the store could not be asked for longer than allowed. */
  failOpen: z.boolean().default(false),
});
export type KeyPolicy = z.output<typeof keyPolicy>;

/** No restriction at all. */
export const OPEN_POLICY: KeyPolicy = Object.freeze(keyPolicy.parse({}));

function haveOwnIds(items: readonly { id: string }[]): boolean {
  return new Set(items.map((item) => item.id)).size === items.length;
}
