import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';

const packageFile = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

/** Needed only while a package is being installed, never by a running service. */
const INSTALL_ONLY = new Set([
  'adm-zip',
  'global-agent',
  'boolean',
  'node-pre-gyp',
  'prebuild-install',
]);
const SKIPPED_FOLDERS = new Set(['node_modules', 'script', 'test', 'tests', 'docs']);

export interface PackageFolder {
  readonly name: string;
  readonly dir: string;
}

/** A package and what it needs at run time, as seen from `fromDir`. */
export function collectPackages(names: readonly string[], fromDir: string): PackageFolder[] {
  const found = new Map<string, PackageFolder>();
  const visit = (name: string, from: string): void => {
    if (found.has(name) || INSTALL_ONLY.has(name)) return;
    const dir = findPackage(name, from);
    found.set(name, { name, dir });
    const file: unknown = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(packageFile.parse(file).dependencies))
      visit(dependency, dir);
  };
  for (const name of names) visit(name, fromDir);
  return [...found.values()];
}

/** Looks where Node would look; a package's exports don't matter. */
function findPackage(name: string, fromDir: string): string {
  const folders = createRequire(path.join(fromDir, 'package.json')).resolve.paths(name) ?? [];
  const dir = folders
    .map((folder) => path.join(folder, name))
    .find((candidate) => fs.existsSync(path.join(candidate, 'package.json')));
  if (dir === undefined) throw new Error(`The package '${name}' is not installed.`);
  return fs.realpathSync(dir);
}

/** What an artifact's native binaries are for. */
export interface Machine {
  /** As Node says it: linux, darwin, win32. */
  readonly platform: string;
  /** As Node says it: x64, arm64. */
  readonly arch: string;
}

/** Does the file belong into an artifact? Of native binaries only those of the machine. */
export function isRuntimeFile(relative: string, machine: Machine): boolean {
  const parts = relative.split(path.sep);
  if (parts.slice(0, -1).some((part) => SKIPPED_FOLDERS.has(part))) return false;
  if (/\.(?:ts|map|md|markdown)$/.test(relative)) return false;
  const napi = parts.findIndex((part) => /^napi-v\d+$/.test(part));
  if (napi === -1) return true;
  return parts[napi + 1] === machine.platform && parts[napi + 2] === machine.arch;
}
