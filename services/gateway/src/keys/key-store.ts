import type { PartHealth } from '@omni/contracts/health.ts';
import type { KeyRepository } from './key-repository.ts';
import { KeyTable } from './key-table.ts';
import type { KeyTableEvents } from './key-table.ts';
import type { KeyListener } from './postgres-key-listener.ts';

/** The configured key store: its table in memory, its repository once it could be opened. */
export interface KeyStore {
  table: KeyTable;
  /** Opens the store when needed; rejects while it can't be reached. */
  repository: () => Promise<KeyRepository>;
  /** Loads the keys and listens for changes. The driver is loaded here, after the listener is up. */
  start: () => void;
  stop: () => Promise<void>;
}

export const NO_KEY_STORE: PartHealth = {
  state: 'not_configured',
  reason: 'DATABASE_URL is not set: only the keys of API_KEYS are accepted',
  since: new Date().toISOString(),
};

/** A key store on Postgres that may be away when the gateway starts. */
export function createKeyStore(databaseUrl: string, events: KeyTableEvents): KeyStore {
  let opening: Promise<KeyRepository> | undefined;
  let listener: KeyListener | undefined;
  const open = async (): Promise<KeyRepository> => {
    const { openPostgresKeyRepository } = await import('./postgres-key-repository.ts');
    return openPostgresKeyRepository(databaseUrl);
  };
  const repository = (): Promise<KeyRepository> => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  const table = new KeyTable(repository, events);
  const listen = async (): Promise<void> => {
    const { listenForKeyChanges } = await import('./postgres-key-listener.ts');
    listener = listenForKeyChanges(databaseUrl, () => table.noticed());
  };
  return {
    table,
    repository,
    start() {
      table.noticed();
      listen().catch((error: unknown) => {
        events.reachable(false, error instanceof Error ? error : new Error(String(error)));
      });
    },
    async stop() {
      table.stop();
      await listener?.stop();
      if (opening !== undefined) await (await opening).close();
    },
  };
}
