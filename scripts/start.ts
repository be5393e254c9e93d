/**
 * `npm start`: the local cloud and the console side by side, and nothing left behind when either
 * the operator or a signal ends them (docs/architecture.md, "Processes").
 */
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { findElectron } from './bootstrap/find-electron.mjs';
import { buildIfStale } from './build/build-console.ts';
import { ended, stop } from './start/child.ts';
import { openWindow, serveBrowser } from './start/console.ts';
import { LocalCloud } from './start/local-cloud.ts';
import { localCloudCommand } from './start/local-cloud-command.ts';
import { parseStartOptions, type StartOptions } from './start/options.ts';
import { parentOf } from './start/owner.ts';
import { chooseStateFolder, openStateFolder } from './start/state-folder.ts';
import { startVirtualDisplay } from './start/virtual-display.ts';
import { StartFailure } from './bootstrap/failure.mjs';

const consoleGraceMs = 7000;
const cloudGraceMs = 8000;
/** After a crash nobody waits for requests to drain. */
const crashGraceMs = 1500;
const parentWatchMs = 500;

/** Runs until the console ends; its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args);
  const folder = chooseStateFolder(options.state);
  openStateFolder(folder);
  const cloud = new LocalCloud(folder, localCloudCommand(folder), say);
  const cloudEnd = cloud.run();
  try {
    return await runConsole(options, folder, cloud);
  } finally {
    await cloud.stop(cloudGraceMs);
    await cloudEnd;
  }
}

async function runConsole(
  options: StartOptions,
  folder: string,
  cloud: LocalCloud,
): Promise<number> {
  await buildIfStale();
  const display = options.xvfb ? await startVirtualDisplay() : undefined;
  try {
    const child = open(options, folder, { ...process.env, ...display?.env });
    const unwatch = endWith(child, cloud);
    const { status, signal } = await ended(child);
    unwatch();
    if (signal) await cloud.stop(crashGraceMs);
    return status;
  } finally {
    display?.stop();
  }
}

function open(options: StartOptions, folder: string, env: NodeJS.ProcessEnv): ChildProcess {
  if (options.browser) return serveBrowser(folder, env);
  const runtime = findElectron();
  if (!runtime) {
    throw new StartFailure('ELECTRON_UNAVAILABLE', 'no Electron is in place.', 'run `npm start`.');
  }
  if (runtime.kind === 'fallback') {
    say(`Electron ${runtime.version}, the fallback for tests and demos (scripts/README.md)`);
  }
  return openWindow(runtime, folder, env);
}

/** A signal, or the death of whoever started us, ends the console first; the rest follows it. */
function endWith(child: ChildProcess, cloud: LocalCloud): () => void {
  let asked = false;
  const end = (): void => {
    cloud.expectEnd();
    if (asked) child.kill('SIGKILL');
    else stop(child, consoleGraceMs).catch(reportFailure);
    asked = true;
  };
  const starters = ancestors();
  const watch = setInterval(() => {
    if (ancestors() !== starters && !asked) end();
  }, parentWatchMs);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  return () => {
    clearInterval(watch);
    // The handlers stay: a second Ctrl-C must not cut the orderly end short half-way.
  };
}

/** Who started us. Under npm that is a shell, which would outlive npm: so its parent counts too. */
function ancestors(): string {
  const underNpm = process.env['npm_lifecycle_event'] !== undefined;
  return `${process.ppid} ${underNpm ? String(parentOf(process.ppid)) : ''}`;
}

function reportFailure(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}

function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}
