import type { CaseResult } from './run-suite.ts';

const MARKS = { kept: 'kept   ', broken: 'BROKEN ', skipped: 'skipped' } as const;

/** One line of the table; what is broken says why below it. */
export function rowOf({ title, outcome, detail, ms }: CaseResult): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`.padStart(8);
  const why =
    detail === ''
      ? ''
      : `\n                    ${detail.replaceAll('\n', '\n                    ')}`;
  return `  ${MARKS[outcome]} ${outcome === 'skipped' ? '        ' : seconds}  ${title}${why}\n`;
}

/** The clear line at the end. */
export function summaryOf(results: readonly CaseResult[], platform: string, ms: number): string {
  const count = (outcome: CaseResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const verdict = count('broken') === 0 && count('kept') > 0 ? 'PASSED' : 'FAILED';
  return `\n${verdict}: ${platform} keeps ${String(count('kept'))} of ${String(results.length)} promises, breaks ${String(count('broken'))}, ${String(count('skipped'))} skipped; ${(ms / 1000).toFixed(1)} s.\n`;
}

/** 0 only when something was asked and nothing was broken. */
export function statusOf(results: readonly CaseResult[]): number {
  const kept = results.some(({ outcome }) => outcome === 'kept');
  return kept && results.every(({ outcome }) => outcome !== 'broken') ? 0 : 1;
}
