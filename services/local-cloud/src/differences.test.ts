import fs from 'node:fs';
import path from 'node:path';
import { localDifferences } from '@omni/contracts/local-cloud.ts';
import { describe, expect, it } from 'vitest';
import { DIFFERENCES } from './differences.ts';

const SRC = import.meta.dirname;

describe('the known differences', () => {
  it('are those of the README, in the same order', () => {
    const readme = fs.readFileSync(path.join(SRC, '..', 'README.md'), 'utf8');
    const rows = DIFFERENCES.map(({ topic, here, there, test }) => {
      const shown = test === null ? '(unverified)' : `[test](src/${test})`;
      return `| ${topic} | ${here} | ${there} | ${shown} |`;
    });
    const [, table = ''] = readme.split('|---|---|---|---|\n');
    expect(table.trim().split('\n')).toEqual(rows);
  });

  it('name tests that exist', () => {
    localDifferences.parse(DIFFERENCES);
    for (const { test } of DIFFERENCES)
      if (test !== null) expect(fs.existsSync(path.join(SRC, test)), test).toBe(true);
  });
});
