import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { queuedOperation } from '../../testing/operation-fixture.ts';
import { withFolder } from '../../testing/temporary-folder.ts';
import { MemoryJournal } from '../fakes/memory-journal.ts';
import { operationJournalSuite } from '../operation-journal.conformance.ts';
import { FileOperationJournal } from './file-operation-journal.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

operationJournalSuite('in memory', () => {
  const journal = new MemoryJournal();
  return Promise.resolve({ open: () => journal, remove: () => Promise.resolve() });
});

operationJournalSuite('in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'omni-journal-'));
  return {
    open: () => new FileOperationJournal(join(folder, 'sub', 'operations.ndjson'), silent),
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('a journal after a crash', () => {
  it('skips a torn line and is not torn further by the next', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'operations.ndjson');
      const warnings: string[] = [];
      const journal = new FileOperationJournal(file, {
        ...silent,
        warn: (message) => warnings.push(message),
      });
      const entry = { operation: queuedOperation('a'), remoteName: null, revision: null };
      await journal.write(entry);
      await appendFile(file, '{"operation":{"id":"b","sta');
      await journal.write({ ...entry, operation: queuedOperation('c') });
      const ids = (await journal.readAll()).map(({ operation }) => operation.id);
      expect(ids).toEqual(['a', 'c']);
      expect(warnings).toHaveLength(1);
    });
  });

  it('has every entry whose write had resolved before kill -9', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'operations.ndjson');
      const writer = fileURLToPath(new URL('../../testing/journal-writer.ts', import.meta.url));
      // eslint-disable-next-line no-restricted-syntax -- tests run on plain Node, not in the app
      const child = spawn(process.execPath, [writer, file], { stdio: ['pipe', 'pipe', 'inherit'] });
      let acknowledged = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        acknowledged += text;
        if (acknowledged.split('\n').length > 20) child.kill('SIGKILL');
      });
      await once(child, 'close');
      const promised = acknowledged.split('\n').slice(0, -1);
      const journal = new FileOperationJournal(file, silent);
      const ids = new Set((await journal.readAll()).map(({ operation }) => operation.id));
      expect(promised.length).toBeGreaterThanOrEqual(20);
      expect(promised.filter((id) => !ids.has(id))).toEqual([]);
      expect(await readFile(file, 'utf8')).toContain('Deploy backend');
    });
  });
});
