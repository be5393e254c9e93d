import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/u, '');

/** Folder for everything that can be made again. */
export const cacheFolder = path.join(projectRoot, '.cache');

/** @returns {string} the project's own Node 24, whether it exists yet or not */
export function projectNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return path.join(projectRoot, 'node_modules', 'node', 'bin', name);
}

/**
 * PATH as it was before npm put this project's node_modules/.bin in front: npm must not run on a
 * Node that it is about to delete.
 *
 * @param {string} value
 * @returns {string}
 */
export function withoutProjectBin(value) {
  return value
    .split(path.delimiter)
    .filter((entry) => !entry.includes(`node_modules${path.sep}.bin`))
    .join(path.delimiter);
}

/**
 * @param {string} command
 * @param {string} searchPath
 * @returns {string | undefined} where PATH finds it
 */
export function findInPath(command, searchPath = process.env['PATH'] ?? '') {
  return searchPath
    .split(path.delimiter)
    .map((folder) => path.join(folder, command))
    .find((file) => existsSync(file));
}
