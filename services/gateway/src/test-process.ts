import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TEST_COMPILE_CACHE } from '@omni/kit/test-compile-cache.ts';

const ENTRY = fileURLToPath(new URL('server.ts', import.meta.url));

/** For tests: the gateway as a process of its own. */
export interface GatewayProcess {
  url: string;
  child: ChildProcess;
  output: () => string;
  /** Sends the signal and returns the exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Starts `server.ts` with this environment alone and waits until it listens. */
export async function startGatewayProcess(env: Record<string, string>): Promise<GatewayProcess> {
  const { child, output, exited } = spawnGateway({ PORT: '0', ...env });
  const port = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const match = /"message":"Listening",.*?"port":(\d+)/.exec(output());
      if (match?.[1] !== undefined) resolve(match[1]);
    };
    child.stdout?.on('data', look);
    child.once('exit', () => reject(new Error(`The gateway did not start: ${output()}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    output,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exited;
    },
  };
}

/** Starts `server.ts`, expects it to refuse, and returns what it printed. */
export async function failingGateway(
  env: Record<string, string>,
): Promise<{ code: number | null; line: Record<string, unknown> }> {
  const { output, exited } = spawnGateway(env);
  const code = await exited;
  return { code, line: JSON.parse(output().trim()) as Record<string, unknown> };
}

function spawnGateway(env: Record<string, string>): {
  child: ChildProcess;
  output: () => string;
  exited: Promise<number | null>;
} {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...TEST_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => text, exited };
}
