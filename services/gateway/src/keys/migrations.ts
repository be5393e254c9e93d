import { AUDIT_MIGRATION } from '../audit/audit-migration.ts';

/**
 * Schema of the key store, in order; each runs once, in one transaction with its version. As text
 * in the bundle, so that the image is one file.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE keystore (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch bigint NOT NULL
  );
  INSERT INTO keystore (epoch) VALUES (0);

  CREATE TABLE keys (
    id text PRIMARY KEY,
    name text NOT NULL,
    environment text NOT NULL,
    prefix text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz,
    revoked_at timestamptz,
    revoke_reason text,
    last_used_at timestamptz,
    rate_limit_per_minute integer CHECK (rate_limit_per_minute > 0)
  );

  -- Two slots per key: the current secret and, while a rotation overlaps, the one before.
  CREATE TABLE key_secrets (
    key_id text NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    slot smallint NOT NULL CHECK (slot IN (0, 1)),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    pepper_version integer NOT NULL,
    last4 text NOT NULL,
    not_after timestamptz,
    PRIMARY KEY (key_id, slot)
  );
  CREATE UNIQUE INDEX key_secrets_digest ON key_secrets (digest);

  CREATE TABLE key_changes (
    epoch bigint PRIMARY KEY,
    key_id text NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  `,
  AUDIT_MIGRATION,
];

/** Any fixed number: instances that start together migrate one after the other. */
export const MIGRATION_LOCK = 7_264_151;
