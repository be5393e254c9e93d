import pg from 'pg';
import { CHANGES_CHANNEL } from './postgres-key-writes.ts';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

export interface KeyListener {
  stop: () => Promise<void>;
}

/**
 * A connection of its own that waits for change notices. Notices are not replayed after a loss, so
 * every (re)connection counts as one. Needs a direct connection to the primary, not a transaction
 * pooler.
 */
export function listenForKeyChanges(databaseUrl: string, onChange: () => void): KeyListener {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let retryMs = FIRST_RETRY_MS;
  let stopped = false;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: databaseUrl,
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
      keepAlive: true,
      application_name: 'omni-gateway-listen',
    });
    client = next;
    next.on('notification', onChange);
    // 'end' follows, or the connect below rejects: both lead to `retry`.
    next.on('error', () => undefined);
    try {
      await next.connect();
      await next.query(`LISTEN ${CHANGES_CHANNEL}`);
    } catch (error) {
      // Connected but refused: every retry would leave one more connection open.
      next.end().catch(() => undefined);
      throw error;
    }
    next.once('end', retry);
    retryMs = FIRST_RETRY_MS;
    onChange();
  };
  const retry = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(start, retryMs).unref();
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
  const start = (): void => {
    connect().catch(retry);
  };
  start();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
