import type { MetricRegistry } from '@omni/kit/metric-registry.ts';
import { perMinutePolicy } from '@omni/contracts/limits.ts';
import type { LimitSet, StoreLoss } from '@omni/contracts/limits.ts';
import type { GatewayLogger } from '../request-log.ts';
import { createLimitAdmin } from './limit-admin.ts';
import type { LimitAdmin } from './limit-admin.ts';
import { createLimitMeter } from './limit-meter.ts';
import type { LimitMeter } from './limit-meter.ts';
import { Limits } from './limits.ts';
import { LocalLimiter } from './local-limiter.ts';
import type { LimitSettings } from './plan-limits.ts';
import type { QuotaCounter } from './quota/quota-counter.ts';
import { QuotaLeases } from './quota/quota-leases.ts';
import type { QuotaStore } from './quota/quota-store.ts';
import { RedisLimiter } from './redis/redis-limiter.ts';

export interface LimitConfig {
  readonly RATE_LIMIT_PER_MINUTE?: number | undefined;
  readonly GLOBAL_RATE_LIMIT_PER_MINUTE?: number | undefined;
  readonly LIMIT_STORE_LOSS: StoreLoss;
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_TIMEOUT_MS: number;
  readonly DATABASE_URL?: string | undefined;
}

/** The limiter with its stores. */
export interface GatewayLimits {
  limits: Limits;
  admin: LimitAdmin;
  /** Connects to Redis when there is one; its client is loaded here, after the listener is up. */
  start: () => void;
  /** Gives leased quota back and closes; rejects when the quota store didn't take it. */
  stop: () => Promise<void>;
}

interface LimitSurroundings {
  config: LimitConfig;
  logger: GatewayLogger;
  registry: MetricRegistry;
}

/** Wires limits and quotas from the environment. */
export function createLimits({ config, logger, registry }: LimitSurroundings): GatewayLimits {
  const meter = createLimitMeter(registry);
  const local = new LocalLimiter();
  const redis =
    config.REDIS_URL === undefined
      ? null
      : new RedisLimiter({
          url: config.REDIS_URL,
          timeoutMs: config.REDIS_TIMEOUT_MS,
          reachable: reportRedis(logger),
        });
  const quotaStore = lazyQuotaStore(config.DATABASE_URL);
  const quotas = createQuotas({ logger, meter, store: quotaStore.open });
  const limits = new Limits({ settings: settingsOf(config), meter, redis, quotas, local });
  return {
    limits,
    admin: createLimitAdmin({
      planner: limits.planner,
      local,
      redis,
      quotaStore: quotaStore.open,
    }),
    start: () => redis?.start(),
    async stop() {
      await redis?.stop();
      try {
        await quotas.stop();
      } finally {
        await quotaStore.close();
      }
    },
  };
}

/** The limits that the environment sets; those of routes come with the requests. */
function settingsOf(config: LimitConfig): LimitSettings {
  const storeLoss = config.LIMIT_STORE_LOSS;
  const all = config.GLOBAL_RATE_LIMIT_PER_MINUTE;
  const gateway: LimitSet = {
    policies:
      all === undefined ? [] : [perMinutePolicy('global', all, { scope: 'global', storeLoss })],
    quotas: [],
  };
  return {
    defaultPerMinute: config.RATE_LIMIT_PER_MINUTE,
    storeLoss,
    gateway,
  };
}

interface LazyQuotaStore {
  open: () => Promise<QuotaStore>;
  close: () => Promise<void>;
}

/** Opened with the first request that has a quota, and again after a failed attempt. */
function lazyQuotaStore(databaseUrl: string | undefined): LazyQuotaStore {
  let opening: Promise<QuotaStore> | undefined;
  const connect = async (): Promise<QuotaStore> => {
    if (databaseUrl === undefined) throw new Error('DATABASE_URL is not set');
    const { openPostgresQuotaStore } = await import('./quota/postgres-quota-store.ts');
    return openPostgresQuotaStore(databaseUrl);
  };
  return {
    open() {
      opening ??= connect().catch((error: unknown) => {
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

function createQuotas(parts: {
  logger: GatewayLogger;
  meter: LimitMeter;
  store: () => Promise<QuotaStore>;
}): QuotaLeases {
  const { logger, meter, store } = parts;
  let failed = false;
  return new QuotaLeases({
    store,
    events: {
      alert(counter, percent) {
        meter.quotaAlert(counter.quota.id, percent);
        logger.warn('A quota is nearly used up', {
          code: 'QUOTA_ALERT',
          reason: `${counter.id} has used ${percent} % of ${counter.quota.limit}`,
          next_step: 'Raise the quota, or tell whoever uses it; at 100 % it answers 429.',
        });
      },
      failed(error) {
        if (failed) return;
        failed = true;
        logger.error('Quotas cannot be counted', {
          code: 'QUOTA_STORE_UNREACHABLE',
          reason: error.message,
          next_step: 'Check DATABASE_URL and the database; see storeLoss of the quotas.',
        });
      },
      recovered() {
        if (failed) logger.info('Quotas are counted again');
        failed = false;
      },
    },
    reported: (counters) => reportUse(counters, meter),
  });
}

function reportUse(counters: Iterable<QuotaCounter>, meter: LimitMeter): void {
  const highest = new Map<string, number>();
  for (const { quota, usedRatio } of counters) {
    highest.set(quota.id, Math.max(usedRatio, highest.get(quota.id) ?? 0));
  }
  for (const [id, ratio] of highest) meter.quotaUsed(id, ratio);
}

function reportRedis(logger: GatewayLogger): (reachable: boolean, error?: Error) => void {
  return (reachable, error) => {
    if (reachable) {
      logger.info('Limits are shared through Redis');
      return;
    }
    logger.error('Redis not reachable: limits are not shared', {
      code: 'LIMIT_STORE_UNREACHABLE',
      reason: error?.message,
      next_step: 'Check REDIS_URL and the server; until then see storeLoss of each limit.',
    });
  };
}
