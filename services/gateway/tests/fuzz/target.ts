import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TEST_COMPILE_CACHE } from '@omni/kit/test-compile-cache.ts';

const ENTRY = fileURLToPath(new URL('../../src/server.ts', import.meta.url));
const PAGE_BYTES = 4_096;
const TAIL_CHARS = 16 * 1_024;

/** The gateway process under test. */
export interface FuzzTarget {
  port: number;
  child: ChildProcess;
  /** Resident memory in MB. */
  rssMb: () => number;
  isAlive: () => boolean;
  /** The last things it printed. */
  tail: () => string;
  stop: () => Promise<void>;
}

/** Starts a gateway as a process; what it prints is read and forgotten but for the last lines. */
export async function startTarget(env: Readonly<Record<string, string>>): Promise<FuzzTarget> {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...TEST_COMPILE_CACHE, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  const keep = (piece: Buffer): void => {
    tail = (tail + piece.toString()).slice(-TAIL_CHARS);
  };
  child.stderr.on('data', keep);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (piece: Buffer) => {
      keep(piece);
      const match = /"message":"Listening",.*?"port":(\d+)/.exec(tail);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once('exit', () => reject(new Error(`The gateway did not start: ${tail}`)));
  });
  return {
    port,
    child,
    rssMb: () => rssMbOf(child),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    tail: () => tail,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function rssMbOf({ pid }: ChildProcess): number {
  const pages = readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')[1];
  return (Number(pages) * PAGE_BYTES) / 2 ** 20;
}
