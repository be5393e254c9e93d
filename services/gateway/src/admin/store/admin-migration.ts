/** Tables of the admin API beside keys and audit. Runs with the key store's migrations. */
export const ADMIN_MIGRATION = `
  -- Answers of changes, so that a repeated request is not a second change. Never a secret.
  CREATE TABLE idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    body jsonb NOT NULL,
    etag text,
    -- The answer carried a secret that was not kept.
    secret_shown boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (actor, key)
  );
  CREATE INDEX idempotency_at ON idempotency (at);
`;
