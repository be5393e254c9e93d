import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, startChild, untilAnswers } from '../child.ts';
import type { Child } from '../child.ts';
import { family } from '../gateway/process-cost.ts';
import type { LoadOptions, LoadResult } from './load-driver.ts';
import type { OneConnectionOptions, OneConnectionResult } from './one-connection-driver.ts';

const run = promisify(execFile);
const SERVICES = join(import.meta.dirname, '../../services');
const WORKER = join(SERVICES, 'local-cloud/src/build/build-worker.ts');
const BARE = join(import.meta.dirname, 'bare-session.ts');
const DRIVER = join(import.meta.dirname, 'load-driver.ts');
const ONE_CONNECTION = join(import.meta.dirname, 'one-connection-driver.ts');
/** A server that answers everything and does nothing. */
export const BARE_HTTP = join(import.meta.dirname, '../peers-programs/bare-http.mjs');
const READY_MS = 60_000;

export const MODEL_DIR = join(SERVICES, 'backend/models/all-minilm-l6-v2/1');

export interface Backend {
  readonly url: string;
  readonly pid: number;
  readonly child: Child;
}

/** Builds the backend as the local cloud does; returns the path of what a revision would run. */
export async function bundleBackend(folder: string): Promise<string> {
  const out = join(folder, 'backend');
  await run(process.execPath, [WORKER, join(SERVICES, 'backend'), out]);
  return join(out, 'server.mjs');
}

/** The bundled backend on a free port, not yet ready. */
export async function launchBackend(
  bundle: string,
  { lanes, cpu }: { lanes: number; cpu?: number },
): Promise<Backend> {
  const port = await freePort();
  const env = {
    PORT: String(port),
    LANES: String(lanes),
    RATE_LIMIT_PER_MINUTE: '0',
    // As in the image: what was compiled once is not compiled again.
    NODE_COMPILE_CACHE: join(dirname(bundle), '../compile-cache'),
  };
  const child = startChild([process.execPath, bundle], { env, cpu: cpu ?? null });
  return { url: `http://127.0.0.1:${port}`, pid: child.process.pid ?? 0, child };
}

/** The same, ready. */
export async function startBackend(
  bundle: string,
  options: { lanes: number; cpu?: number },
): Promise<Backend> {
  const backend = await launchBackend(bundle, options);
  await untilAnswers(`${backend.url}/health/ready`, READY_MS);
  return backend;
}

export interface BareResult {
  readonly runs: number;
  readonly cpuMs: number;
  readonly p50Ms: number;
}

async function program<T>(file: string, args: readonly string[], cpu: number): Promise<T> {
  const command = ['-c', String(cpu), process.execPath, file, ...args];
  const { stdout } = await run('taskset', command);
  return JSON.parse(stdout) as T;
}

/** The model alone, in a process of its own. */
export function runBare(
  { tokens, seconds }: { tokens: number; seconds: number },
  cpu: number,
): Promise<BareResult> {
  return program(BARE, [MODEL_DIR, String(tokens), String(seconds)], cpu);
}

/** Load from a process of its own. */
export function runLoad(options: LoadOptions, cpu: number): Promise<LoadResult> {
  return program(DRIVER, [JSON.stringify(options)], cpu);
}

/** One request after the other, from a process of its own. */
export function askAlone(options: OneConnectionOptions, cpu: number): Promise<OneConnectionResult> {
  return program(ONE_CONNECTION, [JSON.stringify(options)], cpu);
}

/** Memory of a process and its children, shared pages counted once among those who share them. */
export function pssMb(pid: number): number {
  return family(pid).reduce((sum, member) => {
    const text = readFileSync(`/proc/${member}/smaps_rollup`, 'utf8');
    return sum + Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1_024;
  }, 0);
}
