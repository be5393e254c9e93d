import { z } from 'zod';
import { limitPolicySchema, quotaPolicySchema } from '../limits.ts';
import { plainText } from './plain-text.ts';

/** `GET,POST /v1/models/*` (methods and a path pattern) or the name of a permission. */
const scope = plainText(300).min(1);
/** An address, or a range in CIDR notation, IPv4 or IPv6. */
const cidr = z.string().max(64);

/** Who may use a key for what, from where and how much. Empty lists do not restrict. */
export const keyPolicyFields = {
  scopes: z.array(scope).max(50),
  cidrs: z.array(cidr).max(50),
  limits: z.array(limitPolicySchema).max(8),
  quotas: z.array(quotaPolicySchema).max(4),
  /** Accepted although the store could not be asked for longer than allowed. */
  failOpen: z.boolean(),
};

export const identity = plainText(120).min(1).nullable();
export const tags = z.array(plainText(64).min(1)).max(20);
