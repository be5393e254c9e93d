import { DELETED, DISABLED, LEGACY, REVOKED } from './key-snapshot.ts';
import type { KeySnapshot, SecretSnapshot, SnapshotPolicy } from './key-snapshot.ts';
import type { SecretAlgorithm, StoredKey } from './key-repository.ts';

/** Columns of a snapshot in the order of `SnapshotRow`; `FROM` is `SNAPSHOT_TABLES`. */
export const SNAPSHOT_COLUMNS = `
  k.id,
  (k.revoked_at IS NOT NULL)::int * ${REVOKED} + (k.disabled_at IS NOT NULL)::int * ${DISABLED}
    + (k.deleted_at IS NOT NULL)::int * ${DELETED} + k.legacy::int * ${LEGACY},
  extract(epoch FROM k.expires_at)::float8 * 1000,
  k.identity,
  CASE WHEN k.scopes = '{}' AND k.cidrs = '{}' AND k.limits = '[]' AND k.quotas = '[]'
    AND k.rate_limit_per_minute IS NULL AND NOT k.fail_open THEN k.environment
  ELSE json_build_object('environment', k.environment,
    'rateLimitPerMinute', k.rate_limit_per_minute, 'scopes', k.scopes, 'cidrs', k.cidrs,
    'limits', k.limits, 'quotas', k.quotas, 'failOpen', k.fail_open)::text END,
  a.digest, a.pepper_version, a.algorithm, a.secret_no, extract(epoch FROM a.not_after)::float8 * 1000,
  b.digest, b.pepper_version, b.algorithm, b.secret_no, extract(epoch FROM b.not_after)::float8 * 1000`;

/** Joins a key `k` that is in the FROM list already with its two slots. */
export const SNAPSHOT_SECRETS = `
  LEFT JOIN key_secrets a ON a.key_id = k.id AND a.slot = 0
  LEFT JOIN key_secrets b ON b.key_id = k.id AND b.slot = 1`;

type SecretColumns = [Buffer | null, number, SecretAlgorithm, number, number | null];
export type SnapshotRow = [
  ...[id: string, flags: number, expiresAtMs: number | null, identity: string | null],
  ...[policy: string],
  ...SecretColumns,
  ...SecretColumns,
];

export function toKeySnapshot(row: SnapshotRow): KeySnapshot {
  const [id, flags, expiresAtMs, identity, policy, ...slots] = row;
  const [a, aPepper, aAlgorithm, aNo, aEnd, b, bPepper, bAlgorithm, bNo, bEnd] = slots;
  const secrets: SecretSnapshot[] = [];
  if (a !== null) secrets.push(toSecret([a, aPepper, aAlgorithm, aNo, aEnd]));
  if (b !== null) secrets.push(toSecret([b, bPepper, bAlgorithm, bNo, bEnd]));
  return { id, flags, expiresAtMs: expiresAtMs ?? Infinity, identity, policy, secrets };
}

function toSecret([digest, pepperVersion, algorithm, secretNo, notAfterMs]: [
  Buffer,
  ...[number, SecretAlgorithm, number, number | null],
]): SecretSnapshot {
  return { digest, pepperVersion, algorithm, secretNo, notAfterMs: notAfterMs ?? Infinity };
}

/** The same of a key that is known in full. */
export function snapshotOf(key: StoredKey): KeySnapshot {
  const flag = (isSet: boolean, bit: number): number => (isSet ? bit : 0);
  return {
    id: key.id,
    flags:
      flag(key.revokedAt !== null, REVOKED) |
      flag(key.disabledAt !== null, DISABLED) |
      flag(key.deletedAt !== null, DELETED) |
      flag(key.legacy, LEGACY),
    expiresAtMs: key.expiresAt?.getTime() ?? Infinity,
    identity: key.identity,
    policy: policyText(key),
    secrets: key.secrets.map((secret) => ({
      digest: secret.digest,
      pepperVersion: secret.pepperVersion,
      algorithm: secret.algorithm ?? 'hmac',
      secretNo: secret.secretNo ?? 1,
      notAfterMs: secret.notAfter?.getTime() ?? Infinity,
    })),
  };
}

function policyText(key: StoredKey): string {
  const { environment, rateLimitPerMinute, scopes, cidrs, limits, quotas, failOpen } = key;
  const lists = [scopes, cidrs, limits, quotas];
  const isOpen = lists.every((list) => list.length === 0) && rateLimitPerMinute === null;
  if (isOpen && !failOpen) return environment;
  const policy: SnapshotPolicy = {
    ...{ environment, rateLimitPerMinute, scopes, cidrs },
    ...{ limits, quotas, failOpen },
  };
  return JSON.stringify(policy);
}
