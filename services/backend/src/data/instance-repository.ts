import type { PartCheck } from '../health/part-monitor.ts';
import type { Database } from './postgres.ts';

export interface Instance {
  readonly id: string;
  readonly revision: string;
  readonly version: string;
}

const KEEP_DAYS = 30;

/**
 * The check of the database part, which is also its one use so far: this start is written once the
 * schema is there, and every round reads how many starts and revisions the last day saw.
 */
export function createInstanceCheck(database: Database, instance: Instance): PartCheck {
  let recorded = false;
  return async () => {
    if (!recorded) {
      await database.migrate();
      await recordInstance(database, instance);
      recorded = true;
    }
    const [row] = await database.query<{ starts: number; revisions: number }>(
      'count_instances',
      `select count(*)::int as starts, count(distinct revision)::int as revisions
         from backend_instances where started_at > now() - interval '24 hours'`,
    );
    const { busy, max } = database.pool;
    return {
      'starts in 24 h': String(row?.starts ?? 0),
      'revisions in 24 h': String(row?.revisions ?? 0),
      'busy connections': `${busy} of ${max}`,
    };
  };
}

async function recordInstance(database: Database, instance: Instance): Promise<void> {
  await database.query(
    'record_instance',
    `insert into backend_instances (instance_id, revision, version) values ($1, $2, $3)
       on conflict (instance_id) do nothing`,
    [instance.id, instance.revision, instance.version],
  );
  await database.query(
    'forget_instances',
    'delete from backend_instances where started_at < now() - make_interval(days => $1)',
    [KEEP_DAYS],
  );
}
