import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The service runs in two forms: its sources (`src/inference/...`, models two folders up) and one
 * folder with `server.mjs`, `lane-entry.mjs` and `models/` (this code may then be in a chunk one
 * folder down). Both are found from the running file, never from the working directory.
 */
const here = import.meta.dirname;
const LANE_BUNDLE = 'lane-entry.mjs';
const bundleDir = [here, resolve(here, '..')].find((dir) => existsSync(join(dir, LANE_BUNDLE)));

/** File that a lane process runs. */
export function laneEntryPath(): string {
  return bundleDir === undefined ? join(here, 'lane-entry.ts') : join(bundleDir, LANE_BUNDLE);
}

/** Folder of the models that the service ships. */
export function shippedModelsDir(): string {
  return bundleDir === undefined ? resolve(here, '../../models') : join(bundleDir, 'models');
}
