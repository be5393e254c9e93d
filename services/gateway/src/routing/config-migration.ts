/** Table of applied configuration versions; a step of the key store's migrations. */
export const CONFIG_MIGRATION = `
  CREATE TABLE config_versions (
    version bigint PRIMARY KEY CHECK (version > 0),
    document jsonb NOT NULL,
    actor text NOT NULL,
    comment text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
  `;
