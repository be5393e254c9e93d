import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The service runs in two forms: its sources (`src/inference/...`, models two folders up) and one
 * folder with `server.mjs`, `lane-entry.mjs` and `models/` beside them. Both are found from the
 * running file, never from the working directory.
 */
const here = import.meta.dirname;
const bundledEntry = join(here, 'lane-entry.mjs');
const isBundle = existsSync(bundledEntry);

/** File that a lane process runs. */
export function laneEntryPath(): string {
  return isBundle ? bundledEntry : join(here, 'lane-entry.ts');
}

/** Folder of the models that the service ships. */
export function shippedModelsDir(): string {
  return isBundle ? join(here, 'models') : resolve(here, '../../models');
}
