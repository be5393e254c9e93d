import path from 'node:path';
import process from 'node:process';
import { findElectron } from './bootstrap/find-electron.mjs';
import { projectRoot } from './bootstrap/places.mjs';
import { buildIfStale } from './build/build-console.ts';
import { selfTest } from './pack/self-test.ts';
import { runStep } from './steps/run-step.ts';
import { windowEnvironment } from './steps/test-steps.ts';

/** `npm run pack`: the app with its fuses in dist/, and the proof that it starts. */
export async function main(): Promise<number> {
  await buildIfStale();
  const runtime = findElectron();
  if (!runtime) return 1;
  const { status } = await runStep({
    title: `packing with Electron ${runtime.version} (${runtime.kind})`,
    command: [
      'node_modules/electron-builder/cli.js',
      '--dir',
      '--config=electron-builder.yml',
      `--config.electronDist=${runtime.dist}`,
      `--config.electronVersion=${runtime.version}`,
    ],
  });
  if (status !== 0) return status;
  return testPackage();
}

async function testPackage(): Promise<number> {
  // Elsewhere the release job starts the app on its own platform.
  if (process.platform !== 'linux') return 0;
  const { env, close } = await windowEnvironment();
  try {
    const folder = path.join(projectRoot, 'dist', 'linux-unpacked');
    process.stdout.write(`${await selfTest(folder, env)}\npacked: dist/linux-unpacked\n`);
    return 0;
  } finally {
    close();
  }
}
