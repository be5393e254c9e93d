import { parseRoleTokens } from './admin/credentials/admin-tokens.ts';
import type { GatewayConfig } from './config.ts';

/** Secrets that this process was started with and that a client might send or an error quote. */
export function ownSecrets(config: GatewayConfig): string[] {
  const { ADMIN_TOKEN, METRICS_TOKEN, PRINCIPAL_SECRET, KEY_PEPPERS } = config;
  const peppers = (KEY_PEPPERS ?? '').split(',').map((pair) => pair.slice(pair.indexOf(':') + 1));
  const roleTokens = parseRoleTokens(config.ADMIN_TOKENS ?? '') ?? [];
  return [
    ...(config.API_KEYS ?? []),
    ...roleTokens.map(({ token }) => token),
    ADMIN_TOKEN,
    METRICS_TOKEN,
    PRINCIPAL_SECRET,
    ...peppers,
  ].filter((secret) => secret !== undefined && secret !== '') as string[];
}
