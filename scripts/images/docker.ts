import { spawn } from 'node:child_process';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { StartFailure } from '../bootstrap/failure.mjs';
import { findInPath } from '../bootstrap/places.mjs';
import { ended } from '../start/child.ts';

/** How one call is made; everything is optional. */
export type CallOptions = {
  env?: Readonly<Record<string, string>>;
  /** Goes into the command's standard input. */
  input?: Readable;
};

/** A Docker that answers: the machine's own, or one of ours on its socket. */
export type Docker = {
  /** Runs `docker ARGS` and returns what it prints; a failure carries its last lines. */
  run: (args: readonly string[], options?: CallOptions) => Promise<string>;
  /** Runs `docker compose ARGS`, or `docker-compose ARGS` where that is what is installed. */
  compose: (args: readonly string[], options?: CallOptions) => Promise<string>;
  /** Started by us, without a bridge of its own: builds reach a network only as the machine does. */
  own: boolean;
};

/** The client's PATH on Debian lacks where docker.io puts its server. */
export const systemPath = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

/** The Docker behind `host` (a socket's URL), or the one that the client finds by itself. */
export async function connectDocker(host?: string): Promise<Docker> {
  const env = host === undefined ? {} : { DOCKER_HOST: host };
  const run = (args: readonly string[], options: CallOptions = {}): Promise<string> =>
    call(['docker', ...args], { ...options, env: { ...env, ...options.env } });
  const composer = await findCompose(run);
  return {
    run,
    compose: (args, options = {}) =>
      call([...composer, ...args], { ...options, env: { ...env, ...options.env } }),
    own: host !== undefined,
  };
}

async function findCompose(run: Docker['run']): Promise<readonly string[]> {
  try {
    await run(['compose', 'version']);
    return ['docker', 'compose'];
  } catch {
    // The plugin is not there; Debian's older package brings the same as a command.
    return ['docker-compose'];
  }
}

/** Runs a command to its end; a failure tells its last lines. */
export async function call(
  [file = '', ...args]: readonly string[],
  { env, input }: CallOptions = {},
): Promise<string> {
  if (findInPath(file, systemPath) === undefined) throw missing(file);
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PATH: systemPath, ...env },
  });
  // A command that ends early says why itself; the broken pipe adds nothing.
  child.stdin.on('error', () => undefined);
  if (input === undefined) child.stdin.end();
  else input.pipe(child.stdin);
  const read = Promise.all([text(child.stdout), text(child.stderr)]);
  const { status } = await ended(child);
  input?.destroy();
  const [out, err] = await read;
  if (status === 0) return out;
  const detail = `${out}\n${err}`.trim().split('\n').slice(-25).join('\n');
  throw new StartFailure(
    'IMAGE_COMMAND_FAILED',
    `${file} ${args.slice(0, 3).join(' ')} ended with ${status}:\n${detail}`,
    'correct what the lines above name, then run the same command again.',
  );
}

function missing(file: string): StartFailure {
  return new StartFailure(
    'DOCKER_MISSING',
    `'${file}' is not in PATH.`,
    'install Docker with its compose plugin; on Debian as root `npm run images -- --offline-base` does it.',
  );
}
