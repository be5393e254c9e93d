/** Writes operations to a journal as fast as it can and says each id once it is promised. Killed. */
import process from 'node:process';
import { FileOperationJournal } from '../providers/journal/file-operation-journal.ts';
import { silentLogger } from '../providers/testing/silent-logger.ts';
import { journalEntry, queuedOperation } from './operation-fixture.ts';

const journal = new FileOperationJournal({ file: process.argv[2] ?? '', log: silentLogger });
process.stdin.on('end', () => process.exit()).resume();
for (let number = 0; number < 100_000; number += 1) {
  const id = String(number);
  await journal.write(journalEntry(queuedOperation(id)));
  process.stdout.write(`${id}\n`);
}
