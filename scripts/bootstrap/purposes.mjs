import { startHelp, noDisplayText } from './start-words.mjs';

/**
 * @typedef {'electron' | 'display' | 'tests' | 'build'} Need
 * electron: its runtime and the libraries it loads; display: a virtual one; tests: what only tests
 * start (a browser, redis-server).
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
  screens: ['electron', 'display', 'tests'],
  pack: ['electron', 'display'],
};

/**
 * @param {string} purpose
 * @param {readonly string[]} args
 * @returns {Need[]}
 */
export function needsFor(purpose, args) {
  if (args.includes('--browser')) return [];
  const wanted = needs[purpose] ?? [];
  return args.includes('--xvfb') ? [...wanted, 'display'] : wanted;
}

/**
 * What can be said before anything is installed.
 *
 * @param {string} purpose
 * @param {readonly string[]} args
 * @param {{ platform: string, env: Record<string, string | undefined> }} machine
 * @returns {{ text: string, status: number } | undefined} what to print instead of going on
 */
export function preflight(purpose, args, { platform, env }) {
  if (!Object.hasOwn(needs, purpose)) {
    return {
      text: `Usage: node scripts/run.mjs ${Object.keys(needs).join('|')} [options]\n`,
      status: 2,
    };
  }
  if (purpose !== 'start') return undefined;
  if (args.includes('--help') || args.includes('-h')) return { text: startHelp, status: 0 };
  const hasDisplay = platform !== 'linux' || env['DISPLAY'] || env['WAYLAND_DISPLAY'];
  if (hasDisplay || args.includes('--xvfb') || args.includes('--browser')) return undefined;
  return { text: noDisplayText, status: 1 };
}
