import type { MetricRegistry } from '@omni/kit/metric-registry.ts';
import type { Config } from '../config.ts';
import type { PartMonitor } from '../health/part-monitor.ts';
import { absentPart, watchPart } from '../health/part-monitor.ts';
import type { Log } from '../log.ts';
import { addressOf, describeLoss } from './describe-loss.ts';
import type { Instance } from './instance-repository.ts';
import { createInstanceCheck } from './instance-repository.ts';
import type { Database, DbDuration } from './postgres.ts';
import { openDatabase } from './postgres.ts';
import type { RedisPart } from './redis.ts';
import { openRedis } from './redis.ts';

/** Postgres and Redis as parts of the service's health; either may be absent. */
export interface Dependencies {
  /** Null without DATABASE_URL. */
  readonly store: Database | null;
  readonly database: PartMonitor;
  readonly redis: PartMonitor;
  /** The connection behind it; null without REDIS_URL. */
  readonly redisPart: RedisPart | null;
  start(): void;
  close(): Promise<void>;
}

export interface DependencyContext {
  readonly registry: MetricRegistry;
  readonly log: Log;
  readonly instance: Instance;
}

interface Part {
  readonly store?: Database;
  readonly redis?: RedisPart;
  readonly monitor: PartMonitor;
  readonly close: () => Promise<void> | void;
}

const DURATION_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Makes both parts from the configuration; nothing connects before `start`. */
export function openDependencies(config: Config, context: DependencyContext): Dependencies {
  const duration: DbDuration = context.registry.histogram({
    name: 'db_client_operation_duration_seconds',
    help: 'Duration of database operations',
    labelNames: ['db_system_name', 'db_operation_name'],
    buckets: DURATION_BUCKETS,
  });
  const database = databasePart(config.databaseUrl, context, duration);
  const redis = redisPart(config.redisUrl, context.log, duration);
  return {
    store: database.store ?? null,
    database: database.monitor,
    redis: redis.monitor,
    redisPart: redis.redis ?? null,
    start: () => {
      database.monitor.start();
      redis.monitor.start();
    },
    close: async () => {
      database.monitor.stop();
      redis.monitor.stop();
      await Promise.all([database.close(), redis.close()]);
    },
  };
}

function databasePart(
  url: string | undefined,
  { log, instance }: DependencyContext,
  duration: DbDuration,
): Part {
  if (url === undefined) return absent('DATABASE_URL is not set');
  const address = addressOf('Postgres', url, 5432);
  const database = openDatabase(url, duration);
  const monitor = watchPart({
    part: 'database',
    check: createInstanceCheck(database, instance),
    describe: (error) => describeLoss(address, error),
    log,
  });
  return { store: database, monitor, close: () => database.close() };
}

function redisPart(url: string | undefined, log: Log, duration: DbDuration): Part {
  if (url === undefined) return absent('REDIS_URL is not set');
  const address = addressOf('Redis', url, 6379);
  const redis = openRedis(url, duration);
  const monitor = watchPart({
    part: 'redis',
    check: redis.check,
    describe: (error) => describeLoss(address, error),
    log,
  });
  return { redis, monitor, close: () => redis.close() };
}

function absent(reason: string): Part {
  return { monitor: absentPart(reason), close: () => undefined };
}
