import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { findElectron } from '../bootstrap/find-electron.mjs';
import { projectRoot } from '../bootstrap/places.mjs';
import { hasDisplay, startVirtualDisplay, type VirtualDisplay } from '../start/virtual-display.ts';
import type { Step } from './run-step.ts';

/** Rules, use cases, adapters, views and services: everything but the windows. */
export function unitStep(args: readonly string[] = []): Step {
  const vitest = 'node_modules/vitest/vitest.mjs';
  return { title: 'unit', command: [vitest, 'run', '--config', '.ci/vitest.config.ts', ...args] };
}

/** The stories, where they exist: the real console on a real stack. */
export function storiesStep(
  args: readonly string[],
  env: Record<string, string>,
): Step | undefined {
  const config = 'e2e/playwright.config.ts';
  if (!existsSync(path.join(projectRoot, config))) return undefined;
  const playwright = 'node_modules/@playwright/test/cli.js';
  return { title: 'e2e', command: [playwright, 'test', '--config', config, ...args], env };
}

/** What a child needs to open windows: an Electron, and a display if there is none. */
export async function windowEnvironment(): Promise<{
  env: Record<string, string>;
  close: () => void;
}> {
  const runtime = findElectron();
  // npm's `electron` then answers with this folder and never starts a download.
  const env: Record<string, string> =
    runtime && runtime.kind !== 'official' ? { ELECTRON_OVERRIDE_DIST_PATH: runtime.dist } : {};
  const display: VirtualDisplay | undefined = hasDisplay(process.env)
    ? undefined
    : await startVirtualDisplay();
  return { env: { ...env, ...display?.env }, close: () => display?.stop() };
}
