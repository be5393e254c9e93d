import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { allocatePort } from '../supervisor/port-allocator.ts';
import { signal } from '../supervisor/process-ownership.ts';
import type { PostgresIdentity } from './postgres-identity.ts';

const READY_LINE = 'database system is ready to accept connections';
const READY_WITHIN_MS = 30_000;
/** Then an immediate shutdown: nothing is lost, the next start replays the log. */
const FAST_STOP_MS = 1_200;
const KEPT_LINES = 20;

/** A running postmaster. */
export interface PostgresProcess {
  readonly pid: number;
  readonly port: number;
  /** Resolves with the last log lines when it ends. */
  readonly exited: Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

/** Starts the postmaster on a free loopback port and waits until it takes connections. */
export async function startPostgres(
  identity: PostgresIdentity,
  samePort?: number,
): Promise<PostgresProcess> {
  const port = samePort ?? (await allocatePort());
  const [file = '', ...args] = [...identity.prefix, ...commandOf(identity, port)];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  const lines: string[] = [];
  const exited = new Promise<readonly string[]>((resolve) => {
    child.once('error', (error) => {
      resolve([error.message]);
    });
    child.once('close', () => {
      resolve(lines);
    });
  });
  await untilReady(child, { lines, exited });
  const pid = child.pid ?? 0;
  return { pid, port, exited, stop: () => stop(pid, exited) };
}

function commandOf({ binaries, homeDir }: PostgresIdentity, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: '60',
    huge_pages: 'off',
    log_min_messages: 'warning',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const data = path.join(homeDir, 'data');
  return [binaries.postgres, '-D', data, '-p', String(port), ...options];
}

async function untilReady(
  child: ChildProcess,
  { lines, exited }: { lines: string[]; exited: Promise<readonly string[]> },
): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      signal(child.pid ?? 0, 'SIGQUIT');
      reject(new Error(`Postgres was not ready within ${READY_WITHIN_MS / 1000} s.`));
    }, READY_WITHIN_MS);
    if (child.stderr === null) return;
    readline.createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      if (!line.includes(READY_LINE)) return;
      clearTimeout(timer);
      resolve();
    });
    exited.then(
      () => {
        clearTimeout(timer);
      },
      () => undefined,
    );
  });
  const ended = exited.then((last) => {
    throw new Error(`Postgres ended: ${last.slice(-3).join(' | ')}`);
  });
  ended.catch(() => undefined); // Raced below; a later end is watched by the cluster.
  await Promise.race([ready, ended]);
}

async function stop(pid: number, exited: Promise<unknown>): Promise<void> {
  signal(pid, 'SIGINT');
  const timer = setTimeout(() => {
    signal(pid, 'SIGQUIT');
  }, FAST_STOP_MS);
  await exited;
  clearTimeout(timer);
}
