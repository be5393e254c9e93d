import { z } from 'zod';
import { parseRoleTokens } from './credentials/admin-tokens.ts';
import { parseUsers } from './credentials/admin-users.ts';

/** Commas, spaces and newlines separate. */
const hostNames = z.string().transform((text) =>
  text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((item) => item !== ''),
);

/** Environment of the admin API; part of the gateway's table (config.ts). */
export const adminVariables = {
  ADMIN_TOKEN: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .meta({ example: '<output of: openssl rand -hex 32>', secret: true }),
  ADMIN_TOKENS: z
    .string()
    .refine((text) => parseRoleTokens(text) !== null, {
      error: 'must be role:token pairs (viewer, operator or admin; 16 characters or more)',
    })
    .optional()
    .meta({ example: 'viewer:<openssl rand -hex 32>,operator:<another>', secret: true }),
  ADMIN_GOOGLE_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .meta({ example: 'https://gateway-admin-abc-ew.a.run.app' }),
  ADMIN_GOOGLE_USERS: z
    .string()
    .refine((text) => parseUsers(text) !== null, {
      error: 'must be address:role pairs (viewer, operator or admin)',
    })
    .optional()
    .meta({ example: 'ada@example.com:admin,bob@example.com:viewer' }),
  ADMIN_GOOGLE_CERTS_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://www.googleapis.com/oauth2/v3/certs')
    .meta({ example: 'https://www.googleapis.com/oauth2/v3/certs' }),
  ADMIN_PORT: z.coerce.number().int().min(0).max(65_535).optional().meta({ example: '8082' }),
  ADMIN_HOSTS: hostNames.optional().meta({ example: 'gateway-admin.internal' }),
  ADMIN_RATE_LIMIT_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .meta({ example: '600' }),
  GATEWAY_ROLE: z.enum(['data', 'admin', 'both']).default('both').meta({ example: 'both' }),
};

export type AdminConfig = Readonly<z.output<z.ZodObject<typeof adminVariables>>>;

/** Whether any credential could open the admin API here. */
export function hasAdminCredential(config: AdminConfig): boolean {
  const google =
    config.ADMIN_GOOGLE_AUDIENCE !== undefined && config.ADMIN_GOOGLE_USERS !== undefined;
  return config.ADMIN_TOKEN !== undefined || config.ADMIN_TOKENS !== undefined || google;
}
