/** Applied in order, each once; never edit one that was released. */
export const MIGRATIONS: readonly { readonly id: number; readonly sql: string }[] = [
  {
    id: 1,
    sql: `
      create table backend_instances (
        instance_id text primary key,
        revision text not null,
        version text not null,
        started_at timestamptz not null default now()
      );
      create index backend_instances_started_at on backend_instances (started_at);`,
  },
  {
    id: 2,
    sql: `
      create table search_collections (
        name text primary key,
        version bigint not null default 1
      );
      create table search_documents (
        collection text not null references search_collections (name) on delete cascade,
        id text collate "C" not null,
        text text not null,
        metadata jsonb not null default '{}',
        model_sha text,
        vector bytea,
        primary key (collection, id)
      );`,
  },
  {
    id: 3,
    sql: `
      create table classification_heads (
        name text primary key,
        version int not null default 1,
        model_sha text not null,
        labels jsonb not null,
        examples jsonb not null,
        accuracy double precision not null,
        onnx bytea not null,
        trained_at timestamptz not null default now()
      );`,
  },
];
