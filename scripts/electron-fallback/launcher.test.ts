import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { electronExecutable, fallbackVersion, findElectron } from '../bootstrap/find-electron.mjs';

const runtime = findElectron();
const isFallback = runtime?.kind === 'fallback';
if (!isFallback)
  process.stdout.write('skipping the fallback’s launcher: another Electron is used\n');

const app = mkdtempSync(path.join(tmpdir(), 'omni-launcher-'));
afterAll(() => rmSync(app, { recursive: true, force: true }));

function electron(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const executable = runtime ? electronExecutable(runtime) : '';
  const own = [`--user-data-dir=${path.join(app, 'profile')}`, '--no-sandbox', '--headless'];
  return spawnSync(executable, [...own, ...args], { encoding: 'utf8', timeout: 30_000 });
}

describe.skipIf(!isFallback)('the fallback’s launcher', () => {
  it('says which Electron it is', () => {
    expect(electron('-v')).toMatchObject({ status: 0, stdout: `v${fallbackVersion}\n` });
  });

  it('explains itself when it gets nothing to start', () => {
    const { status, stderr } = electron();
    expect(status).toBe(2);
    expect(stderr).toContain('Usage: electron');
  });

  it('gives an app its name and version, unpackaged, with what was required, before ready', () => {
    const manifest = { name: 'probe', productName: 'Probe', version: '1.2.3', main: 'main.cjs' };
    writeFileSync(path.join(app, 'package.json'), JSON.stringify(manifest));
    writeFileSync(path.join(app, 'first.cjs'), 'global.required = true;');
    writeFileSync(
      path.join(app, 'main.cjs'),
      `const { app } = require('electron');
       app.disableHardwareAcceleration();
       console.log(JSON.stringify([app.getName(), app.getVersion(), app.isPackaged, app.isReady(),
         app.getAppPath(), process.defaultApp, global.required]));
       app.exit(7);`,
    );
    const { status, stdout } = electron('-r', path.join(app, 'first.cjs'), app);
    expect(status).toBe(7);
    expect(JSON.parse(stdout)).toEqual(['Probe', '1.2.3', false, false, app, true, true]);
  });
});
