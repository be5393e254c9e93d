import type { ExplainKey } from '../keys/explain-key.ts';
import type { KeyHasher } from '../keys/hash-key.ts';
import type { KeyRepository } from '../keys/key-repository.ts';
import { KeyRepositoryError } from '../keys/key-repository.ts';
import type { LimitAdmin } from '../limit/limit-admin.ts';
import type { ConfigStore } from '../routing/config-store.ts';
import type { AdminDatabase } from './store/admin-database.ts';

/** What the admin API works on; everything with a life of its own is built outside. */
export interface AdminParts {
  hasher: KeyHasher;
  /** Keys of API_KEYS. */
  staticKeys: KeyRepository;
  /** Null without a key store. Opening brings the schema up to date. */
  openStore: (() => Promise<KeyRepository>) | null;
  /** Null without a key store. */
  database: (() => Promise<AdminDatabase>) | null;
  /** After a change: this instance enforces it before the caller gets the answer. */
  afterChange: () => Promise<void>;
  /** Counts and times of use that were not written yet. */
  flushUsage: () => Promise<void>;
  /** By the table that requests are decided by; null without a key store. */
  explain: ExplainKey | null;
  /** Null while there are no limits to look at. */
  limits: LimitAdmin | null;
  /** The routing document. */
  routing: Pick<ConfigStore, 'apply' | 'check' | 'current' | 'history' | 'rollBack' | 'validate'>;
  /** Streams end when the instance does. */
  draining: () => boolean;
}

/** The key store, or the refusal that there is none. */
export function requireStore({ openStore }: AdminParts): Promise<KeyRepository> {
  if (openStore === null) return Promise.reject(noStore());
  return openStore();
}

/** The admin database, or the refusal that there is none. */
export function requireDatabase({ database }: AdminParts): Promise<AdminDatabase> {
  return database === null ? Promise.reject(noStore()) : database();
}

/** Where a key of this id lives. */
export function repositoryOf(parts: AdminParts, id: string): Promise<KeyRepository> {
  return id.startsWith('env_') ? Promise.resolve(parts.staticKeys) : requireStore(parts);
}

function noStore(): KeyRepositoryError {
  return new KeyRepositoryError('keystore_unavailable', 'No key store is configured');
}
