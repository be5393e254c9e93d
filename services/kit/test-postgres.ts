import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freshCluster } from './test-postgres-cluster.ts';
import { postgresRunner, run } from './test-postgres-runner.ts';

const READY = 'database system is ready to accept connections';
const READY_WITHIN_MS = 30_000;

/** A real Postgres of this test's own. */
export interface TestPostgres {
  /** URL of an empty database; the only user is trusted on loopback. */
  url: string;
  /** Suspends the server as a network partition would; `resume` ends it. */
  pause: () => void;
  resume: () => void;
  /** Ends the server and all its sessions at once, as a lost machine would. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * Starts a Postgres from the npm binaries in a temporary folder, on a free loopback port. Works as
 * an ordinary user and as root. It dies with the test process where `setpriv` exists.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const home = mkdtempSync(path.join(tmpdir(), 'omni-test-postgres-'));
  const runner = postgresRunner();
  if (runner.owner) chownSync(home, runner.owner.uid, runner.owner.gid);
  const { data, postgres } = await freshCluster(runner, home);
  const port = await freePort();
  const options = [
    '-h',
    '127.0.0.1',
    '-p',
    String(port),
    '-k',
    '',
    '-F',
    '-c',
    'logging_collector=off',
  ];
  const server = run(runner, [postgres, '-D', data, ...options], home);
  await untilReady(server);
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  return {
    url: `postgres://omni@127.0.0.1:${port}/postgres`,
    pause: () => signalAll(server, 'SIGSTOP'),
    resume: () => signalAll(server, 'SIGCONT'),
    kill() {
      signalAll(server, 'SIGKILL');
      return closed;
    },
    async stop() {
      if (server.exitCode === null && server.signalCode === null) {
        signalAll(server, 'SIGCONT');
        server.kill('SIGINT');
      }
      await closed;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The postmaster and its children: stopping only the postmaster leaves open sessions alive. */
function signalAll(server: ChildProcess, signal: NodeJS.Signals): void {
  const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(server.pid)]).stdout.toString();
  const pids = children.split('\n').map(Number);
  for (const pid of pids) if (pid > 0) signalOne(pid, signal);
  server.kill(signal);
}

/** A session may have ended since it was listed. */
function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const fail = (): void => reject(new Error(`Postgres did not start: ${log}`));
    const timer = setTimeout(fail, READY_WITHIN_MS);
    server.once('error', reject);
    server.once('close', fail);
    server.stderr?.on('data', (piece: Buffer) => {
      log = (log + piece.toString()).slice(-4_000);
      if (!log.includes(READY)) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
