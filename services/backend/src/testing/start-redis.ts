import { spawn, spawnSync } from 'node:child_process';
import { until } from './until.ts';

const PROGRAM = 'redis-server';

/** Why no Redis can be started here, or undefined. */
export function whyNoRedis(): string | undefined {
  const found = spawnSync(PROGRAM, ['--version']).status === 0;
  return found ? undefined : `${PROGRAM} is not installed (Debian: apt-get install redis-server)`;
}

export interface TestRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Redis without persistence. */
export async function startRedis(port: number): Promise<TestRedis> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
  const child = spawn(PROGRAM, options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await until('Redis accepts connections', () => /Ready to accept/.test(log) || undefined);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
