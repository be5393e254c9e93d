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
];
