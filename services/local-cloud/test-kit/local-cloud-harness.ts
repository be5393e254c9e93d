/** A real local-cloud process in a folder of its own, for tests and measurements. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { localCloudConnection } from '@omni/contracts/local-cloud.ts';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';
import { createClients } from './clients.ts';
import type { Clients } from './clients.ts';
import { until } from './until.ts';

/** As `npm start` runs it. */
const SMALL_HEAP = '--max-semi-space-size=2';
const SERVER = fileURLToPath(new URL('../src/server.mjs', import.meta.url));

/** A service of a test: answers with its revision; knobs come by environment and path. */
const TINY_SERVICE = fs.readFileSync(
  fileURLToPath(new URL('./tiny-service.txt', import.meta.url)),
  'utf8',
);

export interface Harness {
  readonly stateDir: string;
  readonly sourcesDir: string;
  readonly connection: LocalCloudConnection;
  readonly clients: Clients;
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** SIGTERM and wait; resolves with the exit code. */
  readonly stop: () => Promise<number | null>;
  /** kill -9 and wait. */
  readonly kill: () => Promise<void>;
}

/** Fresh folders: a state and a workspace with the tiny service. */
export function makeFolders(base = os.tmpdir()): { stateDir: string; sourcesDir: string } {
  const root = fs.mkdtempSync(path.join(base, 'local-cloud-'));
  const sourcesDir = path.join(root, 'sources');
  writeSource(sourcesDir, 'tiny', TINY_SERVICE);
  return { stateDir: path.join(root, 'state'), sourcesDir };
}

export function writeSource(sourcesDir: string, service: string, code: string): void {
  const file = path.join(sourcesDir, service, 'src', 'server.ts');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, code);
}

/** Starts local-cloud on the folders and waits for its connection file. */
export async function startHarness(
  folders: { stateDir: string; sourcesDir: string },
  flags: readonly string[] = ['--no-postgres'],
): Promise<Harness> {
  const { child, lines, exited } = spawnLocalCloud(folders, flags);
  const file = path.join(folders.stateDir, 'local-cloud.json');
  const connection = await until('local-cloud is ready', () => {
    if (child.exitCode !== null) throw new Error(`local-cloud ended: ${lines.join('\n')}`);
    if (!fs.existsSync(file)) return null;
    const parsed = localCloudConnection.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
    return parsed.pid === child.pid ? parsed : null;
  });
  const clients = createClients(connection);
  return {
    ...folders,
    connection,
    clients,
    process: child,
    lines,
    stop: async () => {
      await clients.close();
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      await clients.close();
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export interface SpawnedLocalCloud {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly exited: Promise<number | null>;
}

/** Only the process: for starts that are meant to fail. */
export function spawnLocalCloud(
  { stateDir, sourcesDir }: { stateDir: string; sourcesDir: string },
  flags: readonly string[],
): SpawnedLocalCloud {
  const args = [SERVER, '--state', stateDir, '--sources', sourcesDir, '--exit-with-parent'];
  const child = spawn(process.execPath, [SMALL_HEAP, ...args, ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  readline.createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, lines, exited };
}

/** Removes what `makeFolders` made. */
export function removeFolders({ stateDir }: { stateDir: string }): void {
  fs.rmSync(path.dirname(stateDir), { recursive: true, force: true });
}
