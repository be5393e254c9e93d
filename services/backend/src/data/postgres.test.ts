import { createServiceMetrics } from '@omni/kit/metrics.ts';
import { startTestPostgres } from '@omni/kit/test-postgres.ts';
import { expect, it, vi } from 'vitest';
import { openDatabase } from './postgres.ts';

// Real processes on a machine that may be busy: a deadline, not an expectation.
vi.setConfig({ testTimeout: 60_000 });

it('survives the death of Postgres under a migration', async () => {
  const server = await startTestPostgres();
  const { registry } = createServiceMetrics({ version: '0', revision: 'r' });
  const duration = registry.histogram({
    name: 'db_client_operation_duration_seconds',
    help: 'Duration of queries',
    labelNames: ['db_system_name', 'db_operation_name'],
    buckets: [1],
  });
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on('uncaughtExceptionMonitor', note);
  const database = openDatabase(server.url, duration);
  try {
    await database.query('warm_up', 'select 1');
    server.pause();
    // A single query of a pool is guarded by the driver; a client that was lent out is not.
    const lost = database.migrate().catch((error: unknown) => error);
    await server.kill();
    expect(await lost).toBeInstanceOf(Error);
    expect(uncaught).toEqual([]);
  } finally {
    process.off('uncaughtExceptionMonitor', note);
    await database.close();
    await server.stop();
  }
});
