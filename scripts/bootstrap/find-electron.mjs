import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheFolder, projectRoot } from './places.mjs';

/**
 * Folder of an Electron, its version, and where it came from.
 *
 * @typedef {{ dist: string, version: string, kind: 'override' | 'official' | 'fallback' }} ElectronRuntime
 */

/** Electron's version in the npm package that the fallback is made from. */
export const fallbackVersion = '33.2.1';

/** Where the fallback is built. */
export const fallbackFolder = path.join(cacheFolder, 'electron-fallback');

/** The npm package `electron`, which may or may not hold its binaries. */
export const electronPackage = path.join(projectRoot, 'node_modules', 'electron');

/** Holds the version whose download was tried in vain; without it the download is tried again. */
export const unreachableNote = path.join(cacheFolder, 'electron-download-unreachable');

/**
 * The Electron that is in place, without downloading or building one.
 *
 * @param {Record<string, string | undefined>} [env]
 * @returns {ElectronRuntime | undefined}
 */
export function findElectron(env = process.env) {
  const override = env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override) {
    return { dist: override, version: versionIn(override) ?? 'unknown', kind: 'override' };
  }
  const version = officialVersion();
  const official = path.join(electronPackage, 'dist');
  if (versionIn(official) === version && existsSync(path.join(electronPackage, 'path.txt'))) {
    return { dist: official, version, kind: 'official' };
  }
  const known = versionIn(fallbackFolder) === fallbackVersion && downloadIsKnownUnreachable();
  return known ? { dist: fallbackFolder, version: fallbackVersion, kind: 'fallback' } : undefined;
}

/**
 * @param {ElectronRuntime} runtime
 * @returns {string} its executable
 */
export function electronExecutable({ dist }) {
  if (process.platform === 'darwin') return path.join(dist, 'Electron.app/Contents/MacOS/Electron');
  return path.join(dist, process.platform === 'win32' ? 'electron.exe' : 'electron');
}

/** @returns {string} the version that package.json asks for */
export function officialVersion() {
  const manifest = JSON.parse(readFileSync(path.join(electronPackage, 'package.json'), 'utf8'));
  return String(manifest.version);
}

/** @returns {boolean} */
export function downloadIsKnownUnreachable() {
  return existsSync(unreachableNote) && readFileSync(unreachableNote, 'utf8') === officialVersion();
}

/**
 * @param {string} dist
 * @returns {string | undefined}
 */
function versionIn(dist) {
  const file = path.join(dist, 'version');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/u, '') : undefined;
}
