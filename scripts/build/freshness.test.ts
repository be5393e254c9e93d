import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BuildPlan, fingerprint, isFresh, markFresh } from './freshness.ts';

let plan: BuildPlan;
const at = (file: string): string => path.join(plan.root, file);
const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(at(file)), { recursive: true });
  writeFileSync(at(file), text);
};

beforeEach(() => {
  const root = mkdtempSync(path.join(tmpdir(), 'omni-fresh-'));
  plan = { root, sources: ['src', 'one.json'], outputs: ['out/a.js'], stamp: 'out/stamp' };
  write('src/deep/a.ts', 'a');
  write('one.json', '{}');
  write('out/a.js', 'a');
  markFresh(plan, fingerprint(plan));
});
afterEach(() => rmSync(plan.root, { recursive: true, force: true }));

describe('isFresh', () => {
  it('holds while nothing changes', () => {
    expect(isFresh(plan)).toBe(true);
  });

  it.each([
    ['a source is written', () => write('src/deep/a.ts', 'ab')],
    ['a source is touched', () => utimesSync(at('src/deep/a.ts'), 1, 1)],
    ['a source is added', () => write('src/b.ts', '')],
    ['a source is removed', () => rmSync(at('src/deep/a.ts'))],
    ['a single file changes', () => write('one.json', '{"a":1}')],
    ['an output is lost', () => rmSync(at('out/a.js'))],
    ['the stamp is lost', () => rmSync(at('out/stamp'))],
  ])('ends when %s', (_name, change) => {
    change();
    expect(isFresh(plan)).toBe(false);
  });

  it.each(['src/a.test.ts', 'src/README.md', 'src/.cache/x.ts', 'src/node_modules/x.js'])(
    'does not care for %s',
    (file) => {
      write(file, 'x');
      expect(isFresh(plan)).toBe(true);
    },
  );
});
