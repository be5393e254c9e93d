import { startHelp, noDisplayText, rootNeededText } from './start-words.mjs';

/**
 * @typedef {'electron' | 'display' | 'tests' | 'containers' | 'build'} Need
 * electron: its runtime and the libraries it loads; display: a virtual one; tests: what only tests
 * start (a browser, redis-server); containers: a Docker server and what makes a base image.
 */

/** @type {Record<string, Need[]>} */
const needs = {
  start: ['electron'],
  dev: ['electron'],
  build: [],
  check: [],
  test: ['electron', 'display', 'tests'],
  e2e: ['electron', 'display', 'tests'],
  bench: ['electron', 'display', 'tests'],
  fuzz: [],
  conformance: [],
  'conformance-oip': [],
  screens: ['electron', 'display', 'tests'],
  pack: ['electron', 'display'],
  images: [],
};

/**
 * @param {string} purpose
 * @param {readonly string[]} args
 * @returns {Need[]}
 */
export function needsFor(purpose, args) {
  if (args.includes('--browser')) return [];
  if (purpose === 'images' && args.includes('--offline-base')) return ['containers'];
  const wanted = needs[purpose] ?? [];
  return args.includes('--xvfb') ? [...wanted, 'display'] : wanted;
}

/**
 * @typedef {object} Machine
 * @property {string} platform
 * @property {Record<string, string | undefined>} env
 * @property {() => number} [getuid]
 *
 * @typedef {{ text: string, status: number }} Notice what to print instead of going on
 */

/**
 * What can be said before anything is installed.
 *
 * @param {string} purpose
 * @param {readonly string[]} args
 * @param {Machine} machine
 * @returns {Notice | undefined}
 */
export function preflight(purpose, args, machine) {
  if (!Object.hasOwn(needs, purpose)) {
    return {
      text: `Usage: node scripts/run.mjs ${Object.keys(needs).join('|')} [options]\n`,
      status: 2,
    };
  }
  if (purpose === 'start') return startNotice(args, machine);
  const ownDocker = purpose === 'images' && args.includes('--offline-base');
  return ownDocker && machine.getuid?.() !== 0 ? { text: rootNeededText, status: 1 } : undefined;
}

/**
 * @param {readonly string[]} args
 * @param {Machine} machine
 * @returns {Notice | undefined}
 */
function startNotice(args, { platform, env }) {
  if (args.includes('--help') || args.includes('-h')) return { text: startHelp, status: 0 };
  const hasDisplay = platform !== 'linux' || env['DISPLAY'] || env['WAYLAND_DISPLAY'];
  if (hasDisplay || args.includes('--xvfb') || args.includes('--browser')) return undefined;
  return { text: noDisplayText, status: 1 };
}
