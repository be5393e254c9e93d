import { mkdirSync, writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Where `npm test` reads the counts of the runners it started. */
export const COUNTS_FOLDER = '.cache/test-counts';

/** What a test run came to. */
export type Counts = { passed: number; failed: number; skipped: number };

/** Prints `N passed, N failed` alone on the last line and leaves the counts for `npm test`. */
export function reportCounts(runner: string, counts: Counts): void {
  mkdirSync(COUNTS_FOLDER, { recursive: true });
  writeFileSync(`${COUNTS_FOLDER}/${runner}.json`, JSON.stringify(counts));
  if (counts.skipped > 0) process.stdout.write(`${counts.skipped} skipped\n`);
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
}

function count(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    // A file that does not load has no tests, yet it failed.
    if (module.errors().length > 0) counts.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      else if (state === 'failed') counts.failed += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
}

/** Vitest reporter: the real counts, last. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = count(modules, errors.length);
    // The default reporter prints its summary in the same turn.
    process.once('exit', () => reportCounts('unit', counts));
  }
}
