import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { StartFailure } from '../bootstrap/failure.mjs';
import { findInPath } from '../bootstrap/places.mjs';
import { stop } from '../start/child.ts';
import { call, connectDocker, systemPath } from './docker.ts';
import type { Docker } from './docker.ts';

const START_MS = 60_000;
const STOP_MS = 30_000;

/** A Docker and how to be done with it. */
export type OwnDocker = { docker: Docker; close: () => Promise<void> };

/**
 * A Docker of our own: on a socket in a temporary folder, its images beside it, no bridge and no rule
 * of the machine's firewall touched. `close` stops it and removes everything.
 */
export async function startOwnDocker(): Promise<OwnDocker> {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'omni-images-'));
  const log = path.join(folder, 'dockerd.log');
  const socket = `unix://${path.join(folder, 'docker.sock')}`;
  const daemon = spawnDaemon(folder, socket, log);
  const close = async (): Promise<void> => {
    await stop(daemon, STOP_MS);
    await unmountBelow(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const docker = await connectDocker(socket);
    await untilItAnswers(docker, daemon, log);
    return { docker, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A build that was broken off leaves its step's file system mounted. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = fs.readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const below = mounts.map((line) => line.split(' ')[1] ?? '').filter((m) => m.startsWith(folder));
  // The innermost first.
  for (const mount of below.reverse()) await call(['umount', mount]);
}

function spawnDaemon(folder: string, socket: string, log: string): ChildProcess {
  const dockerd = [
    'dockerd',
    `--host=${socket}`,
    `--data-root=${path.join(folder, 'data')}`,
    `--exec-root=${path.join(folder, 'exec')}`,
    `--pidfile=${path.join(folder, 'dockerd.pid')}`,
    // Published ports are served by Docker's own process: nothing of the machine's network changes.
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    ...['--ip-masq=false', '--userland-proxy=true'],
  ];
  const setpriv = findInPath('setpriv', systemPath);
  const [file = '', ...args] =
    setpriv === undefined ? dockerd : [setpriv, '--pdeathsig', 'TERM', '--', ...dockerd];
  const output = fs.openSync(log, 'a');
  try {
    const env = { ...process.env, PATH: systemPath };
    return spawn(file, args, { stdio: ['ignore', output, output], env });
  } finally {
    fs.closeSync(output);
  }
}

async function untilItAnswers(docker: Docker, daemon: ChildProcess, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    try {
      await docker.run(['version']);
      return;
    } catch (error) {
      if (daemon.exitCode !== null || performance.now() > deadline) throw daemonFailure(log, error);
      await pause(250);
    }
  }
}

function daemonFailure(log: string, cause: unknown): StartFailure {
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n').slice(-8).join('\n');
  return new StartFailure(
    'DOCKER_DAEMON_FAILED',
    `dockerd does not start here:\n${lines || String(cause)}`,
    'it needs root, cgroups and overlay or vfs: run this on a machine that allows containers.',
  );
}
