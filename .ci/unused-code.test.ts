import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let house: string;

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(house, file)), { recursive: true });
  writeFileSync(path.join(house, file), text);
};

beforeAll(() => {
  mkdirSync('.cache', { recursive: true });
  house = mkdtempSync(path.resolve('.cache/unused-'));
  cpSync('.ci/knip.json', path.join(house, '.ci/knip.json'));
  write(
    'package.json',
    JSON.stringify({ name: 'house', devDependencies: { 'left-pad': '1.0.0' } }),
  );
  write('desktop/main/index.ts', `import { used } from './ports/used.ts';\nused();\n`);
  write(
    'desktop/main/ports/used.ts',
    `export const used = (): void => {};\nexport const idle = 1;\n`,
  );
  write('desktop/main/ports/forgotten.ts', `export const forgotten = 1;\n`);
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

describe('W12', () => {
  it('refuses an unused file, an unused export and an unused dependency', () => {
    const knip = path.resolve('node_modules/knip/bin/knip.js');
    const args = [knip, '--config', '.ci/knip.json', '--no-progress'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout).toContain('desktop/main/ports/forgotten.ts');
    expect(stdout).toMatch(/^idle /mu);
    expect(stdout).toContain('left-pad');
    expect(stdout).not.toMatch(/^used /mu);
  });
});
