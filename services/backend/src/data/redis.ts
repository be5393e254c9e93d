import type { createClient } from '@redis/client';
import type { PartCheck } from '../health/part-monitor.ts';
import type { DbDuration } from './postgres.ts';

type Client = ReturnType<typeof createClient>;

const CONNECT_TIMEOUT_MS = 900;
/** A Redis that answers nothing must not collect commands without end. */
const MAX_WAITING_COMMANDS = 5_000;

/** The commands of the result cache, with values as bytes. */
export interface RedisBytes {
  mGet(keys: string[]): Promise<(Buffer | null)[]>;
  set(
    key: string,
    value: Buffer,
    options: { readonly expiration: { readonly type: 'EX'; readonly value: number } },
  ): Promise<unknown>;
}

/** Redis, optional everywhere: it holds nothing that cannot be computed again. */
export interface RedisPart {
  readonly check: PartCheck;
  /** The connection as it is now; undefined while there is none. Never connects: the check does. */
  bytes(): RedisBytes | undefined;
  close(): void;
}

/** Opens Redis lazily; each check connects again when the last connection was lost. */
export function openRedis(url: string, duration: DbDuration): RedisPart {
  let client: Client | undefined;
  let bytes: RedisBytes | undefined;

  const connect = async (): Promise<Client> => {
    const redis = await import('@redis/client');
    const fresh: Client = redis.createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING_COMMANDS,
      socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    });
    // The check that follows reports the loss; without a listener the event would end the process.
    fresh.on('error', () => undefined);
    await fresh.connect();
    bytes = fresh.withTypeMapping({ [redis.RESP_TYPES.BLOB_STRING]: Buffer });
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
    bytes: () => (client?.isReady === true ? bytes : undefined),
    close: () => client?.destroy(),
  };
}
