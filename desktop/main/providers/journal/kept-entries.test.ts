import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../shared/domain/operation.ts';
import { journalEntry, queuedOperation } from '../../testing/operation-fixture.ts';
import { keptEntries } from './kept-entries.ts';

const LINE = { at: 1, line: 'a line' };

function many(count: number, change: Partial<Operation>): ReturnType<typeof journalEntry>[] {
  return Array.from({ length: count }, (_, number) =>
    journalEntry({ ...queuedOperation(`${change.state ?? ''}-${String(number)}`), ...change }),
  );
}

describe('what of a journal is kept', () => {
  it('is what is newest, with the logs of the last fifty', () => {
    const kept = keptEntries(many(500, { state: 'failed', log: [LINE] }));
    expect(kept).toHaveLength(200);
    expect(kept.at(-1)?.operation.id).toBe('failed-499');
    expect(kept.filter(({ operation }) => operation.log.length > 0)).toHaveLength(50);
  });

  it('is what has not ended, however old, with its log', () => {
    const running = many(1, { state: 'running', log: [LINE] });
    const [first] = keptEntries([...running, ...many(500, { state: 'failed' })]);
    expect(first).toEqual(running[0]);
  });

  it('is the history that usual times come from: ten successes of each kind on each service', () => {
    const gateway = many(30, { state: 'succeeded', service: 'gateway' });
    const backend = many(30, { state: 'succeeded', service: 'backend' });
    const kept = keptEntries([...gateway, ...backend, ...many(400, { state: 'failed' })]);
    const successes = kept.filter(({ operation }) => operation.state === 'succeeded');
    expect(successes).toHaveLength(20);
    expect(successes.filter(({ operation }) => operation.service === 'gateway')).toHaveLength(10);
  });
});
