/** A key of the gateway as the console knows it. Never a secret, never a digest. Times ISO 8601. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** `static` keys come from the gateway's API_KEYS and can't be changed here. */
  readonly source: 'store' | 'static';
  readonly environment: string;
  readonly prefix: string;
  readonly last4: string;
  readonly createdAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly revokeReason: string | null;
  readonly lastUsedAt: string | null;
  readonly rateLimitPerMinute: number | null;
}

export type KeyStatus = 'active' | 'expiring' | 'expired' | 'revoked';

/** A key whose end is nearer than this is shown as expiring. */
export const EXPIRING_WITHIN_MS = 7 * 24 * 3_600_000;

/** State of a key at `now` (epoch ms), computed from its dates so that it can't be out of date. */
export function keyStatus(key: ApiKey, now: number): KeyStatus {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt === null) return 'active';
  const left = Date.parse(key.expiresAt) - now;
  if (left <= 0) return 'expired';
  return left <= EXPIRING_WITHIN_MS ? 'expiring' : 'active';
}

/** `omni_live_…q7Zd`: what a list may show of a key. */
export function visibleKey(key: Pick<ApiKey, 'prefix' | 'last4'>): string {
  return `${key.prefix}…${key.last4}`;
}
