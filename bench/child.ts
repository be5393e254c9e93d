import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A started program that is stopped with `stop`, whatever it does. */
export interface Child {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** How to start a program: environment additions and the processor it is pinned to (null: any). */
export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cpu?: number | null;
  /** Descriptor that gets its standard output; nothing does by default. */
  readonly output?: number;
}

/** Starts a program, on one processor when asked and `taskset` allows it. */
export function startChild(command: readonly string[], options: ChildOptions = {}): Child {
  const pinned =
    options.cpu === undefined || options.cpu === null
      ? command
      : ['taskset', '-c', String(options.cpu), ...command];
  const [file = '', ...args] = pinned;
  const child = spawn(file, args, {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', options.output ?? 'ignore', 'inherit'],
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const overdue = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(overdue);
  };
  return { process: child, stop };
}

/** A port of 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks a URL every few milliseconds until it answers 200; throws after `timeoutMs`. */
export async function untilAnswers(url: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const status = await fetch(url).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > deadline)
      throw new Error(`${url} did not answer 200 in ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
