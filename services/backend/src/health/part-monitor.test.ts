import { afterEach, expect, it } from 'vitest';
import { memoryLog } from '../testing/test-service.ts';
import { until } from '../testing/until.ts';
import type { PartCheck, PartMonitor } from './part-monitor.ts';
import { watchPart } from './part-monitor.ts';

let monitor: PartMonitor | undefined;
afterEach(() => monitor?.stop());

function watch(check: PartCheck): { part: PartMonitor; logged: () => string } {
  const { log, text } = memoryLog();
  const describe = (error: unknown): string => `lost: ${(error as Error).message}`;
  const speed = { intervalMs: 5, retryMs: 5, timeoutMs: 30 };
  monitor = watchPart({ part: 'database', check, describe, log, ...speed });
  monitor.start();
  return { part: monitor, logged: text };
}

it('says since when, logs changes only, and calls a hanging check a loss', async () => {
  let behaviour: 'well' | 'hangs' = 'well';
  let checks = 0;
  const { part, logged } = watch(() => {
    checks += 1;
    return behaviour === 'well' ? Promise.resolve({ n: '1' }) : new Promise(() => undefined);
  });
  expect(part.health).toMatchObject({ state: 'starting' });
  await until('several checks', () => checks > 5 || undefined);
  const well = part.health;
  expect(well).toMatchObject({ state: 'ok', facts: { n: '1' } });
  behaviour = 'hangs';
  await until('down', () => part.health.state === 'down' || undefined);
  expect(part.health.reason).toBe('lost: no answer within 30 ms');
  expect(part.health.since >= well.since).toBe(true);
  behaviour = 'well';
  await until('ok again', () => part.health.state === 'ok' || undefined);
  expect(logged().match(/Part is well/g)).toHaveLength(2);
  expect(logged().match(/Part is lost/g)).toHaveLength(1);
});
