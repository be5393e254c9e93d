/**
 * Puts in place what a fresh clone lacks: npm packages, Node 24, libraries of the system, an
 * Electron. Idempotent, and done in a blink when all is there.
 *
 * Used by scripts/run.mjs; by hand: `node scripts/bootstrap.mjs start|test|bench|check`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { describeFailure, StartFailure } from './bootstrap/failure.mjs';
import { findElectron } from './bootstrap/find-electron.mjs';
import { installPackages, packagesAreInstalled } from './bootstrap/npm-packages.mjs';
import { holdLock } from './bootstrap/lock.mjs';
import { cacheFolder, projectNode, projectRoot } from './bootstrap/places.mjs';
import { needsFor } from './bootstrap/purposes.mjs';
import { installSystemPackages, missingRequirements } from './bootstrap/system-packages.mjs';

/**
 * @param {readonly import('./bootstrap/purposes.mjs').Need[]} needs
 * @returns {Promise<void>}
 */
export async function bootstrap(needs) {
  const missing = process.platform === 'linux' ? missingRequirements(needs) : [];
  const electron = needs.includes('electron');
  if (missing.length === 0 && packagesAreInstalled() && (!electron || findElectron())) return;

  mkdirSync(cacheFolder, { recursive: true });
  const release = await holdLock(path.join(cacheFolder, 'bootstrap.lock'));
  try {
    if (missing.length > 0) installSystemPackages(missing);
    if (!packagesAreInstalled()) installPackages();
    if (electron && !findElectron()) prepareElectron();
  } finally {
    release();
  }
}

/** Finds or builds one; the script itself says what it does. */
function prepareElectron() {
  const script = path.join(projectRoot, 'scripts', 'electron-runtime.ts');
  const stdio = /** @type {const} */ (['ignore', 'inherit', 'inherit']);
  if (spawnSync(projectNode(), [script], { stdio: [...stdio] }).status === 0) return;
  throw new StartFailure(
    'ELECTRON_UNAVAILABLE',
    'no Electron could be installed or built for this machine (the reason stands above).',
    'use the console in a browser: `npm run start:browser`; or set ELECTRON_OVERRIDE_DIST_PATH to an Electron of your own.',
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const purpose = process.argv[2] ?? 'start';
  await bootstrap(needsFor(purpose, process.argv.slice(3))).catch(
    (/** @type {unknown} */ error) => {
      process.stderr.write(describeFailure(error));
      process.exitCode = 1;
    },
  );
}
