import { z } from 'zod';
import { limitIdSchema, limitStateSchema, quotaStateSchema } from '../limits.ts';
import { keyId, reason } from './plain-text.ts';

/** A policy by its id, for a key; the query names what else it counts by. */
export const limitParams = z.object({ policy: limitIdSchema, subject: keyId });

export const limitQuery = z.object({
  route: z.string().max(64).optional().describe('Id of the route, for limits that count by route'),
  address: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe('Address of the client, for limits that count by it'),
});

export const limitStates = z.object({
  limits: z.array(limitStateSchema),
  quotas: z.array(quotaStateSchema),
});

export const limitResetRequest = z.object({ reason });
export const limitReset = z.object({ reset: z.number().int() });
