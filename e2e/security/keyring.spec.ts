import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import { findElectron } from '../../scripts/bootstrap/find-electron.mjs';
import { ROOT } from '../fixtures/local-stack.ts';

const ENTRY = path.join(ROOT, 'desktop/main/providers/os/keyring.child.ts');
const TOKEN = 'planted-refresh-token';
const ANSWER = /^\{.*\}$/m;

/** The adapter of the refresh tokens, in the real Electron, without a window or a desktop. */
test.describe('a refresh token', () => {
  let folder: string;
  let program: string;

  test.beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'omni-keyring-'));
    program = path.join(folder, 'program');
    await build({
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: ENTRY,
        outDir: program,
        rolldownOptions: {
          external: ['electron'],
          output: { format: 'cjs', entryFileNames: 'main.cjs' },
        },
      },
    });
  });
  test.afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(env: Readonly<Record<string, string>>): Promise<unknown> {
    const runtime = findElectron();
    if (runtime === undefined) throw new Error('no Electron is in place: run `npm run e2e`');
    const { stdout } = await promisify(execFile)(
      path.join(runtime.dist, 'electron'),
      [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--ozone-platform=headless',
        '--password-store=basic',
        `--user-data-dir=${path.join(folder, 'profile')}`,
        path.join(program, 'main.cjs'),
      ],
      { env: { ...process.env, KEYRING_STATE: folder, ...env }, timeout: 30_000 },
    );
    return JSON.parse(ANSWER.exec(stdout)?.[0] ?? 'null');
  }

  test('is not written where there is no keyring, nor with a key that everybody knows', async () => {
    const kept = await run({ KEYRING_TOKEN: TOKEN });
    expect(kept).toEqual({ isAvailable: false, keeping: 'memory', before: null, after: TOKEN });
    expect(await readdir(folder)).not.toContain('sign-ins');
  });

  test('is stored encrypted, for its owner alone, and read by the next start', async () => {
    const written = await run({ KEYRING_TOKEN: TOKEN, KEYRING_KEY: 'known' });
    // The adapter itself would not trust such a key.
    expect(written).toMatchObject({ isAvailable: false, keeping: 'keyring', after: TOKEN });
    const [name = ''] = await readdir(path.join(folder, 'sign-ins'));
    const file = path.join(folder, 'sign-ins', name);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readFile(file)).includes(TOKEN)).toBe(false);
    expect(await run({ KEYRING_KEY: 'known' })).toMatchObject({ before: TOKEN });
  });
});
