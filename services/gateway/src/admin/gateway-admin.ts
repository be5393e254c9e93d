import { servedEnvironments } from '../config.ts';
import type { GatewayConfig } from '../config.ts';
import { createExplainKey } from '../keys/explain-key.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { GatewayLogger } from '../request-log.ts';
import type { AdminRules } from './admin-api.ts';
import { hasAdminCredential } from './admin-config.ts';
import { createAdminEntry } from './admin-entry.ts';
import type { AdminEntry } from './admin-entry.ts';
import type { AdminParts } from './admin-parts.ts';
import { parseRoleTokens } from './credentials/admin-tokens.ts';
import { parseUsers } from './credentials/admin-users.ts';
import type { AdminApp } from './http/admin-app.ts';
import { openAdminDatabase } from './store/admin-database.ts';
import type { AdminDatabase } from './store/admin-database.ts';

export interface GatewayAdminOptions extends Pick<
  AdminParts,
  'hasher' | 'staticKeys' | 'flushUsage' | 'limits' | 'routing'
> {
  config: GatewayConfig;
  logger: GatewayLogger;
  store: KeyStore | null;
}

/** The admin API with its life. */
export interface GatewayAdmin extends AdminEntry {
  /** Streams end; everything else goes on. */
  drain: () => void;
}

/** Wires the admin API to the gateway's parts. Nothing is loaded or opened before it is used. */
export function createGatewayAdmin(options: GatewayAdminOptions): GatewayAdmin {
  const { config, logger } = options;
  const onError = (error: Error): void =>
    logger.error('Admin request failed', { code: 'ADMIN_FAILED', reason: error.message });
  const database = createDatabaseOpener(options);
  let draining = false;
  const parts = toParts(options, database?.open ?? null, () => draining);
  const served = config.GATEWAY_ROLE !== 'data' && hasAdminCredential(config);
  const load = async (): Promise<AdminApp> => {
    const { openAdminApi } = await import('./admin-api.ts');
    return openAdminApi(parts, toRules(config), onError);
  };
  const entry = createAdminEntry({ load: served ? load : null, onError });
  return {
    handle: entry.handle,
    drain: () => (draining = true),
    async close() {
      await entry.close();
      await database?.close();
    },
  };
}

function toParts(
  options: GatewayAdminOptions,
  database: AdminParts['database'],
  draining: () => boolean,
): AdminParts {
  const { hasher, staticKeys, flushUsage, limits, routing, store, config } = options;
  const environments = servedEnvironments(config);
  const explain =
    store === null ? null : createExplainKey({ hasher, stored: store.table, environments });
  return {
    ...{ hasher, staticKeys, flushUsage, limits, routing, database, draining, explain },
    openStore: store?.repository ?? null,
    afterChange: () => store?.table.changed() ?? Promise.resolve(),
  };
}

interface DatabaseOpener {
  open: () => Promise<AdminDatabase>;
  close: () => Promise<void>;
}

/** Opened once; tried again after a failure. The key store is opened first: it migrates. */
function createDatabaseOpener({ config, store }: GatewayAdminOptions): DatabaseOpener | null {
  const { DATABASE_URL: url } = config;
  if (url === undefined || store === null) return null;
  let opening: Promise<AdminDatabase> | undefined;
  const open = async (): Promise<AdminDatabase> => {
    await store.repository();
    return openAdminDatabase(url);
  };
  return {
    open() {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

function toRules(config: GatewayConfig): AdminRules {
  const { ADMIN_TOKEN: token, ADMIN_TOKENS, ADMIN_GOOGLE_AUDIENCE: audience } = config;
  const tokens = parseRoleTokens(ADMIN_TOKENS ?? '') ?? [];
  if (token !== undefined) tokens.unshift({ role: 'admin', token });
  const users = parseUsers(config.ADMIN_GOOGLE_USERS ?? '') ?? new Map();
  const certsUrl = config.ADMIN_GOOGLE_CERTS_URL;
  return {
    tokens,
    google: audience === undefined || users.size === 0 ? undefined : { audience, users, certsUrl },
    origin: { hosts: config.ADMIN_HOSTS, behindFrontEnd: config.K_SERVICE !== undefined },
    requestsPerMinute: config.ADMIN_RATE_LIMIT_PER_MINUTE,
  };
}
