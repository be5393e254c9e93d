import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import type { LaneHost, LaneProcess } from './lane-host.ts';
import { serviceEntry } from '../service-files.ts';

const STDERR_TAIL_CHARS = 400;

/** A lane needs no secret: only what the runtime and the loader ask for is passed on. */
const PASSED_ENV = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'LD_LIBRARY_PATH',
  'NODE_COMPILE_CACHE',
  'SYSTEMROOT',
  'TEMP',
];

/** Lane processes by `child_process.fork`, for plain Node. */
export function createForkLaneHost(
  entry: string = serviceEntry('lane-entry', 'inference'),
): LaneHost {
  return { start: () => wrap(fork(entry, [], forkOptions())) };
}

function forkOptions(): Parameters<typeof fork>[2] {
  const env: Record<string, string> = {};
  for (const name of PASSED_ENV) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env,
  };
}

function ignore(): void {}

function wrap(child: ChildProcess): LaneProcess {
  let stderr = '';
  let spawnError = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL_CHARS);
  });
  child.on('error', (error) => {
    spawnError = error.message;
  });
  return {
    pid: child.pid,
    send: (message) => {
      // A lane that died between the check and the write reports its end through onExit.
      if (child.connected) child.send(message, ignore);
    },
    onMessage: (listener) => {
      child.on('message', listener as (message: unknown) => void);
    },
    onExit: (listener) => {
      let told = false;
      const tell = (how: string): void => {
        if (told) return;
        told = true;
        const last = (spawnError || stderr).trim().split('\n').at(-1) ?? '';
        listener(last === '' ? how : `${how}: ${last}`);
      };
      child.on('exit', (code, signal) => tell(signal === null ? `exit code ${code}` : signal));
      child.on('error', () => {
        if (child.pid === undefined) tell('did not start');
      });
    },
    kill: () => {
      child.kill('SIGKILL');
    },
    release: () => {
      if (child.connected) child.disconnect();
    },
  };
}
