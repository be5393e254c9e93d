import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { bootstrap } from '../bootstrap.mjs';
import { projectRoot, projectNode } from './places.mjs';
import { describeFailure } from './failure.mjs';
import { needsFor, preflight } from './purposes.mjs';

/**
 * Puts in place what a purpose needs, then runs its script on the project's Node.
 *
 * @param {string} purpose name of a script in this folder: start, test, check, ...
 * @param {string[]} args what follows on the command line
 * @returns {Promise<number>} the exit status
 */
export async function begin(purpose, args) {
  try {
    const notice = preflight(purpose, args, process);
    if (notice) {
      process.stdout.write(notice.text);
      return notice.status;
    }
    process.chdir(projectRoot);
    await bootstrap(needsFor(purpose, args));
    return await runOnProjectNode(purpose, args);
  } catch (error) {
    process.stderr.write(describeFailure(error));
    return 1;
  }
}

/** @type {NodeJS.Signals[]} */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * npm puts the project's Node first in PATH, so this process usually is it already and no second
 * one is needed; only the first start of a clone comes here on the system's Node.
 *
 * @param {string} purpose
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function runOnProjectNode(purpose, args) {
  const scripts = path.join(projectRoot, 'scripts');
  if (process.version.startsWith('v24.')) {
    const { main } = await import(pathToFileURL(path.join(scripts, `${purpose}.ts`)).href);
    return main(args);
  }
  const bin = path.join(projectRoot, 'node_modules', '.bin');
  const child = spawn(projectNode(), [path.join(scripts, 'run.mjs'), purpose, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
  });
  for (const signal of passedOn) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    );
  });
}
