import type { PartHealth } from '@omni/contracts/health.ts';
import type { KeyRepository } from './key-repository.ts';
import { KeyTable } from './key-table.ts';
import type { KeyTableOptions } from './key-table.ts';
import type { KeyListener } from './postgres-key-listener.ts';
import { ReceiptWriter } from './receipt-writer.ts';

/** The configured key store: its table in memory, its repository once it could be opened. */
export interface KeyStore {
  table: KeyTable;
  /** Name of this process in receipts. */
  instance: string;
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

export interface KeyStoreOptions extends Pick<KeyTableOptions, 'reachable'> {
  databaseUrl: string;
  revision: string;
  failAfterMs: number;
  /** Something was changed in the database, perhaps not a key. */
  noticed?: () => void;
}

/** Deletes are kept for days: when exactly they go does not matter. */
const PURGE_EVERY_MS = 3_600_000;

/** A key store on Postgres that may be away when the gateway starts. */
export function createKeyStore(options: KeyStoreOptions): KeyStore {
  const { databaseUrl, revision, failAfterMs, reachable, noticed } = options;
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
  const receipts = new ReceiptWriter(revision, repository);
  const table = new KeyTable(repository, {
    failAfterMs,
    reachable,
    confirmed: (epoch, ageMs) => receipts.confirmed(epoch, ageMs),
  });
  const listen = async (): Promise<void> => {
    const { listenForKeyChanges } = await import('./postgres-key-listener.ts');
    listener = listenForKeyChanges(databaseUrl, () => {
      table.noticed();
      noticed?.();
    });
  };
  let purging: NodeJS.Timeout | undefined;
  // Any instance may do it; what it could not do, the next one does.
  const purge = (): void => {
    repository()
      .then((store) => store.purge())
      .catch(() => undefined);
  };
  return {
    table,
    instance: receipts.instance,
    repository,
    start() {
      table.noticed();
      purging = setInterval(purge, PURGE_EVERY_MS).unref();
      listen().catch((error: unknown) => {
        reachable(false, error instanceof Error ? error : new Error(String(error)));
      });
    },
    async stop() {
      table.stop();
      clearInterval(purging);
      await listener?.stop();
      if (opening === undefined) return;
      // The store may be away; then the receipt grows old, which says the same later.
      await receipts.withdraw().catch(() => undefined);
      await (await opening).close();
    },
  };
}
