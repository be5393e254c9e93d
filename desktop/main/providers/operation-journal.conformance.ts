import { describe, expect, it } from 'vitest';
import type { Operation } from '../../shared/domain/operation.ts';
import type { JournalEntry, OperationJournal } from '../ports/operation-journal.ts';
import { NO_PROGRESS } from '../ports/operation-journal.ts';
import { journalEntry, queuedOperation } from '../testing/operation-fixture.ts';

const entry = (id: string, change: Partial<Operation> = {}): JournalEntry => ({
  ...journalEntry(queuedOperation(id)),
  operation: { ...queuedOperation(id), ...change },
});

/** Holds an adapter to the promises of the port. `open` may be called again on what was written. */
export function operationJournalSuite(
  name: string,
  make: () => Promise<{ open: () => OperationJournal; remove: () => Promise<void> }>,
): void {
  describe(`OperationJournal: ${name}`, () => {
    const cases: Record<string, (open: () => OperationJournal) => Promise<void>> = {
      'is empty at first': async (open) => {
        expect(await open().readAll()).toEqual({ entries: [], unreadable: 0 });
      },
      'keeps the newest entry of every operation, oldest operation first': async (open) => {
        const journal = open();
        await journal.write(entry('b', { createdAt: 2 }));
        await journal.write(entry('a', { createdAt: 1 }));
        await journal.write({
          ...entry('b', { createdAt: 2, state: 'running' }),
          progress: { ...NO_PROGRESS, remoteName: 'op-1' },
        });
        const { entries: read } = await open().readAll();
        expect(read.map(({ operation }) => operation.id)).toEqual(['a', 'b']);
        expect(read[1]).toMatchObject({
          progress: { remoteName: 'op-1' },
          operation: { state: 'running' },
        });
      },
      'keeps the order of writes that are made at once': async (open) => {
        const journal = open();
        const states = ['queued', 'running', 'cancelling', 'cancelled'] as const;
        await Promise.all(states.map((state) => journal.write(entry('a', { state }))));
        expect((await open().readAll()).entries).toMatchObject([
          { operation: { state: 'cancelled' } },
        ]);
      },
    };
    it.each(Object.entries(cases))('%s', async (_name, run) => {
      const { open, remove } = await make();
      try {
        await run(open);
      } finally {
        await remove();
      }
    });
  });
}
