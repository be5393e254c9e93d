import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { TEST_COMPILE_CACHE } from '@omni/kit/test-compile-cache.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface RunningServer {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  /** Exit code and signal, once it is gone. */
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const entry = resolve(import.meta.dirname, '../server.ts');

/** The service as its own process on a free port of loopback. */
export async function runServer(
  env: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const port = env['PORT'] ?? String(await freePort());
  const child = spawn(process.execPath, [entry], {
    env: {
      ...TEST_COMPILE_CACHE,
      PATH: process.env['PATH'],
      PORT: port,
      K_REVISION: 'spawned',
      LANES: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once('exit', (code, signal) => done({ code, signal }));
  });
  return { child, url: `http://127.0.0.1:${port}`, output: () => output, exit };
}

/** The answer of the server, as soon as it answers at all. */
export async function firstAnswer(url: string): Promise<Response> {
  return until(`an answer at ${url}`, () => fetch(url).catch(() => undefined));
}
