/** Writes operations to a journal as fast as it can and says each id once it is promised. Killed. */
import process from 'node:process';
import { FileOperationJournal } from '../providers/journal/file-operation-journal.ts';
import { queuedOperation } from './operation-fixture.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const journal = new FileOperationJournal(process.argv[2] ?? '', silent);
process.stdin.on('end', () => process.exit()).resume();
for (let number = 0; number < 100_000; number += 1) {
  const id = String(number);
  await journal.write({ operation: queuedOperation(id), remoteName: null, revision: null });
  process.stdout.write(`${id}\n`);
}
