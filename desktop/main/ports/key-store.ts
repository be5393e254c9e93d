import type { ApiKey } from '../../shared/domain/api-key.ts';

export interface NewKey {
  readonly name: string;
  readonly environment: string;
  readonly expiresAt: string | null;
  readonly rateLimitPerMinute: number | null;
}

/**
 * The keys of the gateway that serves now. Every method may throw KEY_STORE_UNAVAILABLE (no gateway,
 * or it has no database) and PERMISSION_DENIED (wrong admin token).
 */
export interface KeyStore {
  list(): Promise<readonly ApiKey[]>;
  /** The secret is returned once and can never be read again. */
  create(key: NewKey): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  /** Returns once the store has it; every instance refuses within a second. KEY_NOT_FOUND, KEY_READ_ONLY. */
  revoke(id: string, reason: string): Promise<ApiKey>;
}
