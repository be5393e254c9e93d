import { randomBytes } from 'node:crypto';
import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { Clock } from '../../ports/clock.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { KeyStore, NewKey } from '../../ports/key-store.ts';

/** Keys in memory, newest first, with the promises of the gateway's key store. */
export class MemoryKeyStore implements KeyStore {
  readonly #clock: Clock;
  #keys: readonly ApiKey[];
  #unavailable: string | null = null;
  #count = 0;

  constructor(clock: Clock, keys: readonly ApiKey[] = []) {
    this.#clock = clock;
    this.#keys = keys;
  }

  /** From now on every call fails with KEY_STORE_UNAVAILABLE and this reason; null ends it. */
  becomeUnavailable(reason: string | null): void {
    this.#unavailable = reason;
  }

  async list(): Promise<readonly ApiKey[]> {
    await this.#enter();
    return this.#keys;
  }

  async create(wanted: NewKey): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    await this.#enter();
    this.#count += 1;
    const prefix = `omni_${wanted.environment}_`;
    const secret = `${prefix}${randomBytes(24).toString('base64url')}`;
    const key: ApiKey = {
      ...wanted,
      id: `mem${String(this.#count).padStart(5, '0')}`,
      source: 'store',
      prefix,
      last4: secret.slice(-4),
      createdAt: this.#isoNow(),
      revokedAt: null,
      revokeReason: null,
      lastUsedAt: null,
    };
    this.#keys = [key, ...this.#keys];
    return { key, secret };
  }

  async revoke(id: string, reason: string): Promise<ApiKey> {
    await this.#enter();
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw notFound(id);
    if (key.source === 'static') throw readOnly(key);
    // A second revocation keeps the first one's date and reason.
    if (key.revokedAt !== null) return key;
    const revoked = { ...key, revokedAt: this.#isoNow(), revokeReason: reason };
    this.#keys = this.#keys.map((candidate) => (candidate.id === id ? revoked : candidate));
    return revoked;
  }

  #isoNow(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  async #enter(): Promise<void> {
    await Promise.resolve();
    if (this.#unavailable === null) return;
    throw new DomainError({
      code: 'KEY_STORE_UNAVAILABLE',
      message: this.#unavailable,
      nextStep: 'Check that the gateway runs and has its database.',
      retryable: true,
    });
  }
}

function notFound(id: string): DomainError {
  return new DomainError({
    code: 'KEY_NOT_FOUND',
    message: `The gateway knows no key ${id}.`,
    nextStep: 'Read the list of keys again.',
  });
}

function readOnly(key: ApiKey): DomainError {
  return new DomainError({
    code: 'KEY_READ_ONLY',
    message: `${key.name} comes from the gateway's API_KEYS and can't be changed here.`,
    nextStep: 'Remove it from API_KEYS and deploy the gateway.',
  });
}
