import type { KeyHasher } from '../keys/hash-key.ts';
import type { KeyRepository } from '../keys/key-repository.ts';
import { KeyRepositoryError } from '../keys/key-repository.ts';
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
