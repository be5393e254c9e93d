import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The walls that TypeScript guards, tried in a copy of the four desktop projects' settings: real
 * files next to the real ones would disturb whoever builds meanwhile.
 */
const projects = ['desktop/shared', 'desktop/main', 'desktop/preload', 'desktop/renderer'];
const legal: Record<string, string> = {
  'desktop/shared/domain/rule.ts': 'export const rule = 1;\n',
  'desktop/main/index.ts': `import { rule } from '../shared/domain/rule.ts';\nexport const pid = process.pid + rule;\n`,
  'desktop/preload/index.ts': 'export const origin = location.origin;\n',
  'desktop/renderer/main.tsx': `import { rule } from '../shared/domain/rule.ts';\nexport const title = document.title + String(rule);\n`,
  'services/contracts/health.ts': 'export const path = "/healthz";\n',
};

type Attempt = [wall: string, file: string, code: string, refusal: string];
const illegal: Attempt[] = [
  ['W1', 'desktop/shared/a.ts', `import 'node:fs';\nexport {};\n`, 'TS2882'],
  ['W1', 'desktop/shared/b.ts', 'export const a = process.pid;\n', 'TS2591'],
  ['W1', 'desktop/shared/c.ts', 'export const a = document.title;\n', 'TS2584'],
  [
    'W1',
    'desktop/shared/d.ts',
    `import { readFileSync } from 'node:fs';\nexport { readFileSync };\n`,
    'TS2591',
  ],
  ['W2', 'desktop/main/a.ts', 'export const a = document.title;\n', 'TS2584'],
  [
    'W2',
    'desktop/renderer/a.ts',
    `import { readFileSync } from 'node:fs';\nexport { readFileSync };\n`,
    'TS2591',
  ],
  ['W2', 'desktop/renderer/b.ts', 'export const a = process.pid;\n', 'TS2591'],
  [
    'W3',
    'desktop/renderer/c.ts',
    `import type { pid } from '../main/index.ts';\nexport type A = typeof pid;\n`,
    'TS6307',
  ],
  [
    'W3',
    'desktop/main/b.ts',
    `import type { title } from '../renderer/main.tsx';\nexport type A = typeof title;\n`,
    'TS',
  ],
  [
    'W3',
    'desktop/shared/e.ts',
    `import type { pid } from '../main/index.ts';\nexport type A = typeof pid;\n`,
    'TS',
  ],
  [
    'W3',
    'desktop/shared/f.ts',
    `import type { title } from '../renderer/main.tsx';\nexport type A = typeof title;\n`,
    'TS',
  ],
];

let house: string;

async function write(files: Record<string, string>): Promise<void> {
  for (const [file, code] of Object.entries(files)) {
    await mkdir(path.join(house, path.dirname(file)), { recursive: true });
    await writeFile(path.join(house, file), code);
  }
}

async function compile(): Promise<string> {
  const tsc = path.resolve('node_modules/typescript/bin/tsc');
  const run = promisify(execFile)(process.execPath, [tsc, '-b', ...projects], { cwd: house });
  return run.then(
    ({ stdout }) => stdout,
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

beforeAll(async () => {
  await mkdir('.cache', { recursive: true });
  house = await mkdtemp(path.resolve('.cache/walls-'));
  const settings = ['.ci/tsconfig.base.json', 'services/contracts/tsconfig.json'];
  for (const file of [...settings, ...projects.map((folder) => `${folder}/tsconfig.json`)]) {
    await cp(file, path.join(house, file));
  }
  await symlink(path.resolve('node_modules'), path.join(house, 'node_modules'));
  await write(legal);
});

afterAll(() => rm(house, { recursive: true, force: true }));

describe('the walls that TypeScript guards', () => {
  it('lets the legal house through, and refuses each illegal file where it stands', async () => {
    expect(await compile()).toBe('');

    await write(Object.fromEntries(illegal.map(([, file, code]) => [file, code])));
    const lines = (await compile()).split('\n');
    for (const [wall, file, code, refusal] of illegal) {
      const own = lines.filter((line) => line.startsWith(`${file}(`)).join('\n');
      expect(own, `${wall}: ${file} says ${code}`).toContain(refusal);
    }
    // What is refused leaves nothing behind: a declaration beside a source would shadow it.
    const written = await readdir(path.join(house, 'desktop'), { recursive: true });
    expect(written.filter((file) => file.endsWith('.d.ts'))).toEqual([]);
  }, 60_000);
});
