import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { journalEntry, queuedOperation } from '../../testing/operation-fixture.ts';
import type { JournalEntry } from '../../ports/operation-journal.ts';
import { NO_PROGRESS } from '../../ports/operation-journal.ts';
import { withFolder } from '../../testing/temporary-folder.ts';
import { MemoryJournal } from '../fakes/memory-journal.ts';
import { silentLogger } from '../testing/silent-logger.ts';
import { operationJournalSuite } from '../operation-journal.conformance.ts';
import { FileOperationJournal } from './file-operation-journal.ts';

operationJournalSuite('in memory', () => {
  const journal = new MemoryJournal();
  return Promise.resolve({ open: () => journal, remove: () => Promise.resolve() });
});

operationJournalSuite('in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'omni-journal-'));
  return {
    open: () =>
      new FileOperationJournal({
        file: join(folder, 'sub', 'operations.ndjson'),
        log: silentLogger,
      }),
    remove: () => rm(folder, { recursive: true }),
  };
});

const idsOf = (entries: readonly JournalEntry[]): string[] =>
  entries.map(({ operation }) => operation.id);

describe('a journal after a crash', () => {
  it('skips a torn line and is not torn further by the next', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'operations.ndjson');
      const warnings: string[] = [];
      const log = { ...silentLogger, warn: (message: string) => warnings.push(message) };
      const journal = new FileOperationJournal({ file, log });
      await journal.write(journalEntry(queuedOperation('a')));
      const torn = '{"operation":{"id":"b","sta';
      await appendFile(file, torn);
      await journal.write(journalEntry(queuedOperation('c')));
      const { entries, unreadable } = await journal.readAll();
      expect(idsOf(entries)).toEqual(['a', 'c']);
      expect(unreadable).toBe(1);
      expect(warnings).toHaveLength(1);
      const copy = (await readdir(folder)).find((name) => name.includes('.damaged-')) ?? '';
      expect(await readFile(join(folder, copy), 'utf8')).toContain(torn);
      // Said once, not at every start from now on.
      const again = await new FileOperationJournal({ file, log }).readAll();
      expect(again).toEqual({ entries, unreadable: 0 });
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
      const journal = new FileOperationJournal({ file, log: silentLogger });
      const ids = new Set(idsOf((await journal.readAll()).entries));
      expect(promised.length).toBeGreaterThanOrEqual(20);
      expect(promised.filter((id) => !ids.has(id))).toEqual([]);
      expect(await readFile(file, 'utf8')).toContain('Deploy backend');
    });
  });
});

describe('a journal that grows', () => {
  it('stays bounded and keeps what has not ended', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'operations.ndjson');
      const journal = new FileOperationJournal({ file, log: silentLogger, maxBytes: 20_000 });
      const log = Array.from({ length: 20 }, () => ({ at: 1, line: 'x'.repeat(100) }));
      await journal.write(journalEntry({ ...queuedOperation('open'), state: 'running' }));
      for (let number = 0; number < 60; number += 1) {
        await journal.write(journalEntry({ ...queuedOperation('again'), createdAt: 2, log }));
      }
      expect((await stat(file)).size).toBeLessThan(25_000);
      expect(idsOf((await journal.readAll()).entries)).toEqual(['open', 'again']);
      expect(await readdir(folder)).toEqual(['operations.ndjson']);
    });
  });
});

describe('a journal of an earlier console', () => {
  it('is still read', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'operations.ndjson');
      const {
        canary: _1,
        release: _2,
        upstream: _3,
        committed: _4,
        ...operation
      } = queuedOperation('a');
      const stages = operation.stages.map(({ usualMs: _usual, ...stage }) => ({
        ...stage,
        id: stage.id === 'ready' ? 'start' : stage.id,
      }));
      const line = { operation: { ...operation, stages }, remoteName: 'op-1', revision: null };
      await writeFile(file, `${JSON.stringify(line)}\n`);
      const { entries, unreadable } = await new FileOperationJournal({
        file,
        log: silentLogger,
      }).readAll();
      expect(unreadable).toBe(0);
      expect(entries).toEqual([
        { ...journalEntry(queuedOperation('a')), progress: { ...NO_PROGRESS, remoteName: 'op-1' } },
      ]);
    });
  });
});
