/** Schema of the audit log. Runs with the key store's migrations (keys/migrations.ts). */
export const AUDIT_MIGRATION = `
  CREATE TABLE audit (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    reason text NOT NULL,
    request_id text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    before jsonb,
    after jsonb,
    prev_hash bytea NOT NULL CHECK (length(prev_hash) = 32),
    hash bytea NOT NULL CHECK (length(hash) = 32)
  );
  CREATE INDEX audit_target ON audit (target, seq);

  -- Where the chain ends: without it, rows missing from the end would leave no trace. The row's lock
  -- also puts writers into line.
  CREATE TABLE audit_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    count bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32)
  );
  INSERT INTO audit_head (count, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

  -- Append-only also for our own mistakes; an owner of the database can still do anything, which is
  -- what the hashes are for.
  CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
  CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
`;
