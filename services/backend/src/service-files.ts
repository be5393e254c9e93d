import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The service runs in two forms: its sources (`src/...`, models one folder up) and one folder with
 * `server.mjs`, the other entries and `models/` (this code may then be in a chunk one folder down).
 * Both are found from the running file, never from the working directory.
 */
const here = import.meta.dirname;
const bundleDir = [here, resolve(here, '..')].find((dir) => existsSync(join(dir, 'server.mjs')));

/** File of a process or thread of its own, as package.json names it under `omni.entries`. */
export function serviceEntry(name: string, folder: string): string {
  return bundleDir === undefined
    ? join(here, folder, `${name}.ts`)
    : join(bundleDir, `${name}.mjs`);
}

/** Folder of the models that the service ships. */
export function shippedModelsDir(): string {
  return bundleDir === undefined ? resolve(here, '../models') : join(bundleDir, 'models');
}
