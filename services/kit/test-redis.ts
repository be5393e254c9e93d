import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAM = 'redis-server';
const READY = 'Ready to accept connections';
const READY_WITHIN_MS = 30_000;

/** Why no Redis can be started here, or undefined. */
export function whyNoRedis(): string | undefined {
  const found = spawnSync(PROGRAM, ['--version']).status === 0;
  return found ? undefined : `${PROGRAM} is not installed (Debian: apt-get install redis-server)`;
}

/** A real Redis of this test's own, without persistence. */
export interface TestRedis {
  url: string;
  /** Suspends the server: it still accepts connections and answers nothing. `resume` ends it. */
  pause: () => void;
  resume: () => void;
  /** Ends the server at once. */
  kill: () => Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a Redis in a temporary folder, on a free loopback port unless one is given. */
export async function startTestRedis(fixedPort?: number): Promise<TestRedis> {
  const home = mkdtempSync(path.join(tmpdir(), 'omni-test-redis-'));
  const port = fixedPort ?? (await freePort());
  let server = await launch(port, home);
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
    server.kill('SIGKILL');
    await closed;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    kill,
    async restart() {
      await kill();
      server = await launch(port, home);
    },
    async stop() {
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** It must not outlive a test process that is killed, where that can be arranged. */
function guard(): readonly string[] {
  const command = { file: 'setpriv', args: ['--pdeathsig', 'KILL', '--'] };
  const works = spawnSync(command.file, [...command.args, 'true']).status === 0;
  return works ? [command.file, ...command.args] : [];
}

async function launch(port: number, home: string): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', home];
  const [file = '', ...args] = [...guard(), PROGRAM, ...options];
  const server = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    const fail = (): void => reject(new Error(`Redis did not start: ${log}`));
    const timer = setTimeout(fail, READY_WITHIN_MS);
    server.once('error', reject);
    server.once('close', fail);
    server.stdout.on('data', (piece: Buffer) => {
      log = (log + piece.toString()).slice(-4_000);
      if (!log.includes(READY)) return;
      clearTimeout(timer);
      server.removeListener('close', fail);
      resolve();
    });
  });
  return server;
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
