import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { electronExecutable, type ElectronRuntime } from '../bootstrap/find-electron.mjs';
import { projectRoot } from '../bootstrap/places.mjs';
import { eachLine } from './child.ts';
import { RotatingLog } from './rotating-log.ts';

/** Chromium's own log lines: `[123:0101/120000.000:ERROR:bus.cc(407)] ...`. */
const chromiumLine = /^\[\d+:\d{4}\/[\d.]+:[A-Z]+:/u;

/** Opens the console in its window. What Chromium itself mutters goes to logs/electron.log. */
export function openWindow(
  runtime: ElectronRuntime,
  folder: string,
  environment: NodeJS.ProcessEnv,
): ChildProcess {
  const args = ['.', `--user-data-dir=${path.join(folder, 'electron')}`];
  // Chromium's sandbox refuses to run as root; an ordinary user keeps it.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = spawn(electronExecutable(runtime), args, {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...environment, OMNI_STATE_DIR: folder, OMNI_EXIT_WITH_PARENT: '1' },
  });
  const log = new RotatingLog(path.join(folder, 'logs', 'electron.log'));
  eachLine(child.stderr, (line) => {
    log.write(`${line}\n`);
    if (!chromiumLine.test(line)) process.stderr.write(`${line}\n`);
    if (line.includes('SUID sandbox helper')) process.stderr.write(sandboxHelp(runtime));
  });
  return child;
}

/** Serves the console to a browser: the same router, on the project's Node. */
export function serveBrowser(folder: string, environment: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [path.join(projectRoot, 'scripts', 'headless.ts')], {
    cwd: projectRoot,
    // Standard input stays open and empty: it ends when this process does.
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...environment, OMNI_STATE_DIR: folder, OMNI_EXIT_WITH_PARENT: '1' },
  });
}

function sandboxHelp({ dist }: ElectronRuntime): string {
  const helper = path.join(dist, 'chrome-sandbox');
  return `
SANDBOX_UNAVAILABLE: this system forbids Chromium's sandbox to ordinary users.
Next step: sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'
or allow it for all programs: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0

`;
}
