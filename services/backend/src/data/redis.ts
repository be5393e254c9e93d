import type { createClient } from '@redis/client';
import type { PartCheck } from '../health/part-monitor.ts';
import type { DbDuration } from './postgres.ts';

type Client = ReturnType<typeof createClient>;

const CONNECT_TIMEOUT_MS = 900;

/** Redis, optional everywhere; so far the service only knows how it is. */
export interface RedisPart {
  readonly check: PartCheck;
  close(): void;
}

/** Opens Redis lazily; each check connects again when the last connection was lost. */
export function openRedis(url: string, duration: DbDuration): RedisPart {
  let client: Client | undefined;

  const connect = async (): Promise<Client> => {
    const redis = await import('@redis/client');
    const fresh: Client = redis.createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    });
    // The check that follows reports the loss; without a listener the event would end the process.
    fresh.on('error', () => undefined);
    await fresh.connect();
    return fresh;
  };
  return {
    check: async () => {
      const begin = performance.now();
      try {
        if (client?.isReady !== true) client = await connect();
        const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1];
        return version === undefined ? {} : { version };
      } finally {
        const labels = { db_system_name: 'redis', db_operation_name: 'info' };
        duration.observe((performance.now() - begin) / 1_000, labels);
      }
    },
    close: () => client?.destroy(),
  };
}
