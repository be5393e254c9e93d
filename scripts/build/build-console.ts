import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { StartFailure } from '../bootstrap/failure.mjs';
import { holdLock } from '../bootstrap/lock.mjs';
import { cacheFolder, projectRoot } from '../bootstrap/places.mjs';
import { step } from '../bootstrap/progress.mjs';
import { type BuildPlan, fingerprint, isFresh, markFresh } from './freshness.ts';

const plan: BuildPlan = {
  root: projectRoot,
  sources: [
    'desktop/shared',
    'desktop/main',
    'desktop/preload',
    'desktop/renderer',
    'services/contracts',
    'vite.config.ts',
    'package-lock.json',
  ],
  outputs: [
    '.cache/build/client/index.html',
    '.cache/build/main/index.cjs',
    '.cache/build/preload/index.cjs',
  ],
  stamp: '.cache/build/made-from',
};

/** Builds page, main and preload unless what is there was made from the same sources. */
export async function buildIfStale(): Promise<void> {
  if (!isFresh(plan)) await buildConsole();
}

/** Builds page, main and preload; one build at a time. */
export async function buildConsole({ force = false } = {}): Promise<void> {
  mkdirSync(path.join(cacheFolder, 'build'), { recursive: true });
  const release = await holdLock(path.join(cacheFolder, 'build.lock'));
  try {
    // Whoever held the lock may have made it.
    if (!force && isFresh(plan)) return;
    const madeFrom = fingerprint(plan);
    step('Building the console', vite);
    markFresh(plan, madeFrom);
  } finally {
    release();
  }
}

function vite(): void {
  const bin = path.join(projectRoot, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'build', '--app'], {
    cwd: projectRoot,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status === 0) return;
  throw new StartFailure(
    'CONSOLE_BUILD_FAILED',
    `vite says:\n${stdout}${stderr}`,
    'correct the sources, or check out a revision that builds.',
  );
}
