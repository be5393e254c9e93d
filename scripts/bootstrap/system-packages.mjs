import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process from 'node:process';
import { explainOutput, StartFailure } from './failure.mjs';
import { findInPath } from './places.mjs';
import { step } from './progress.mjs';

/**
 * @typedef {object} Requirement
 * @property {import('./purposes.mjs').Need} need
 * @property {string[]} debian its package names, the newest distribution's first
 * @property {{ library: string } | { command: string[] } | { folder: string }} proof what shows that it is there
 */

/** @type {Requirement[]} */
const requirements = [
  {
    need: 'electron',
    debian: ['libgtk-3-0t64', 'libgtk-3-0'],
    proof: { library: 'libgtk-3.so.0' },
  },
  { need: 'electron', debian: ['libnss3'], proof: { library: 'libnss3.so' } },
  {
    need: 'electron',
    debian: ['libasound2t64', 'libasound2'],
    proof: { library: 'libasound.so.2' },
  },
  { need: 'electron', debian: ['libgbm1'], proof: { library: 'libgbm.so.1' } },
  { need: 'electron', debian: ['fonts-dejavu-core'], proof: { folder: '/usr/share/fonts' } },
  { need: 'electron', debian: ['procps'], proof: { command: ['ps'] } },
  { need: 'display', debian: ['xvfb'], proof: { command: ['xvfb-run'] } },
  { need: 'display', debian: ['xauth'], proof: { command: ['xauth'] } },
  {
    need: 'tests',
    debian: ['chromium', 'chromium-browser'],
    proof: { command: ['chromium', 'chromium-browser', 'google-chrome'] },
  },
  {
    need: 'tests',
    debian: ['redis-server'],
    proof: { command: ['redis-server', 'valkey-server'] },
  },
  { need: 'containers', debian: ['docker.io'], proof: { command: ['dockerd'] } },
  { need: 'containers', debian: ['docker-compose'], proof: { command: ['docker-compose'] } },
  { need: 'containers', debian: ['debootstrap'], proof: { command: ['debootstrap'] } },
];

/**
 * @param {readonly string[]} needs
 * @returns {Requirement[]} what this machine lacks
 */
export function missingRequirements(needs) {
  const wanted = requirements.filter(({ need }) => needs.includes(need));
  if (wanted.length === 0) return [];
  const libraries = loadableLibraries();
  return wanted.filter(({ proof }) => {
    if ('library' in proof) return libraries !== undefined && !libraries.has(proof.library);
    if ('command' in proof) return !proof.command.some((name) => findInPath(name, systemPath()));
    return !existsSync(proof.folder) || readdirSync(proof.folder).length === 0;
  });
}

/** An ordinary user's PATH has no sbin, where ldconfig and some servers are. */
function systemPath() {
  return `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
}

function loadableLibraries() {
  const { stdout, status } = spawnSync('ldconfig', ['-p'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: systemPath() },
  });
  // Not glibc, or no ldconfig: Electron itself will say what it lacks.
  return status === 0 ? parseLibraryCache(stdout) : undefined;
}

/**
 * @param {string} listing what `ldconfig -p` prints
 * @returns {Set<string>} names of the libraries that the loader finds
 */
export function parseLibraryCache(listing) {
  return new Set(listing.split('\n').flatMap((line) => /^\s+(\S+) \(/u.exec(line)?.[1] ?? []));
}

/**
 * @param {readonly Requirement[]} missing
 * @returns {void}
 */
export function installSystemPackages(missing) {
  const apt = findInPath('apt-get', systemPath());
  if (!apt)
    throw cannotInstall(missing, `install what provides: ${missing.map(proofName).join(', ')}.`);
  const sudo = privilege();
  if (!sudo)
    throw cannotInstall(
      missing,
      `sudo apt-get install -y --no-install-recommends ${packageNames(missing).join(' ')}`,
    );
  let names = packageNames(missing);
  if (names.some((name) => !isKnown(name))) {
    step('Refreshing the list of system packages', () => run([...sudo, 'apt-get', 'update', '-q']));
    names = packageNames(missing);
  }
  step(`Installing system packages: ${names.join(' ')}`, () =>
    run([...sudo, 'apt-get', 'install', '-y', '-q', '--no-install-recommends', ...names]),
  );
}

/**
 * @param {readonly Requirement[]} missing
 * @param {string} nextStep
 */
function cannotInstall(missing, nextStep) {
  const what = missing.map(proofName).join(', ');
  return new StartFailure('SYSTEM_PACKAGES_MISSING', `this machine lacks ${what}.`, nextStep);
}

/** @param {Requirement} requirement */
function proofName({ proof }) {
  if ('library' in proof) return proof.library;
  return 'command' in proof ? (proof.command[0] ?? '') : 'fonts';
}

/** @returns {string[] | undefined} what to put before a command that needs root */
function privilege() {
  if (process.getuid?.() === 0) return [];
  const { status } = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return status === 0 ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'] : undefined;
}

/**
 * @param {readonly Requirement[]} missing
 * @returns {string[]} the name that this distribution knows, or the oldest one
 */
function packageNames(missing) {
  return missing.map(({ debian }) => debian.find(isKnown) ?? debian.at(-1) ?? '');
}

/** @param {string} name */
function isKnown(name) {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
  return hasCandidate(stdout ?? '');
}

/**
 * @param {string} policy what `apt-cache policy NAME` prints
 * @returns {boolean} whether the package can be installed
 */
export function hasCandidate(policy) {
  const candidate = /^\s*Candidate: (\S+)/mu.exec(policy)?.[1];
  return candidate !== undefined && candidate !== '(none)';
}

/** @param {string[]} command */
function run([file = '', ...args]) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status === 0) return;
  const detail = `${stdout}${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw (
    explainOutput(stderr, detail) ??
    new StartFailure(
      'SYSTEM_PACKAGES_FAILED',
      `apt-get failed:\n${detail}`,
      'repair it (`apt-get install -f`), then run the same command again.',
    )
  );
}
