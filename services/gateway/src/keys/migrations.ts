import { CONFIG_MIGRATION } from '../routing/config-migration.ts';
import { ADMIN_MIGRATION } from '../admin/store/admin-migration.ts';
import { SOURCES_MIGRATION } from './postgres-key-sources.ts';
import { METHODS_MIGRATION } from './postgres-key-usage.ts';
import { AUDIT_MIGRATION } from '../audit/audit-migration.ts';

/**
 * Schema of the key store, in order; each runs once, in one transaction with its version. Append
 * only: what was released stays as it is. As text in the bundle, so that the image is one file.
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
  `
  ALTER TABLE keys
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz,
    ADD COLUMN identity text,
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{}',
    ADD COLUMN cidrs text[] NOT NULL DEFAULT '{}',
    ADD COLUMN limits jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN quotas jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN fail_open boolean NOT NULL DEFAULT false,
    -- Does not fit the key grammar (imported): found by its digest.
    ADD COLUMN legacy boolean NOT NULL DEFAULT false,
    -- Fewer than 128 bits: to be replaced.
    ADD COLUMN weak boolean NOT NULL DEFAULT false,
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN deleted_at timestamptz;
  -- In the order of the pages.
  CREATE INDEX keys_listed ON keys (created_at DESC, id);
  CREATE INDEX keys_tags ON keys USING gin (tags);

  -- Secrets are numbered through all rotations, so that each has a usage of its own.
  ALTER TABLE key_secrets
    ADD COLUMN secret_no integer NOT NULL DEFAULT 1,
    -- 'sha256' only for imported hashes, until the first use shows the key.
    ADD COLUMN algorithm text NOT NULL DEFAULT 'hmac' CHECK (algorithm IN ('hmac', 'sha256')),
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ADD COLUMN last_used_at timestamptz;

  -- A change of many keys at once is one epoch.
  ALTER TABLE key_changes DROP CONSTRAINT key_changes_pkey, ADD PRIMARY KEY (epoch, key_id);

  CREATE TABLE key_usage (
    key_id text NOT NULL,
    minute timestamptz NOT NULL,
    secret_no integer NOT NULL,
    route text NOT NULL,
    requests bigint NOT NULL,
    errors bigint NOT NULL,
    bytes bigint NOT NULL,
    duration_ms double precision NOT NULL,
    PRIMARY KEY (key_id, minute, secret_no, route)
  );

  CREATE TABLE instance_receipts (
    instance text PRIMARY KEY,
    revision text NOT NULL,
    epoch bigint NOT NULL,
    confirmed_at timestamptz NOT NULL
  );
  `,
  ADMIN_MIGRATION,
  CONFIG_MIGRATION,
  SOURCES_MIGRATION,
  METHODS_MIGRATION,
];

/** Any fixed number: instances that start together migrate one after the other. */
export const MIGRATION_LOCK = 7_264_151;
