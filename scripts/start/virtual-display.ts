import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { StartFailure } from '../bootstrap/failure.mjs';

/** A display that nobody sees, for this process and its children. */
export type VirtualDisplay = {
  env: { DISPLAY: string; XAUTHORITY: string };
  stop: () => void;
};

const startTimeoutMs = 10_000;

/**
 * The shell between us and Xvfb ends it when our end of its standard input is gone: a virtual
 * display, too, dies with its parent. (`xvfb-run` leaves it behind after a kill -9.)
 */
const wrapper = 'Xvfb "$@" & pid=$!; cat >/dev/null; kill $pid; rm -rf "$OMNI_DISPLAY_FOLDER"';

/** Whether a window could be opened as things are. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== 'linux' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
}

/** Starts Xvfb on a free display number, open only to whoever holds the cookie. */
export async function startVirtualDisplay(): Promise<VirtualDisplay> {
  const folder = mkdtempSync(path.join(tmpdir(), 'omni-display-'));
  const authority = path.join(folder, 'authority');
  const cookie = randomBytes(16).toString('hex');
  authorise(authority, ':0', cookie);
  const args = [
    '-displayfd',
    '3',
    '-auth',
    authority,
    '-nolisten',
    'tcp',
    '-screen',
    '0',
    '1920x1200x24',
  ];
  const child = spawn('sh', ['-c', wrapper, 'sh', ...args], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    env: { ...process.env, OMNI_DISPLAY_FOLDER: folder },
  });
  const stop = (): void => {
    child.stdin?.end();
  };
  try {
    const display = `:${await displayNumber(child)}`;
    authorise(authority, display, cookie);
    return { env: { DISPLAY: display, XAUTHORITY: authority }, stop };
  } catch (error) {
    stop();
    throw error;
  }
}

/** The cookie goes to xauth by its standard input: argument lists can be read by everyone. */
function authorise(authority: string, display: string, cookie: string): void {
  const input = `add ${display} . ${cookie}\n`;
  const { status, stderr } = spawnSync('xauth', ['-q', '-f', authority, 'source', '-'], {
    input,
    encoding: 'utf8',
  });
  if (status === 0) return;
  throw failure(`xauth failed: ${stderr}`);
}

function displayNumber(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const overdue = setTimeout(() => reject(failure('Xvfb said nothing')), startTimeoutMs);
    const settle = (act: () => void): void => {
      clearTimeout(overdue);
      act();
    };
    child.once('error', (error) => settle(() => reject(failure(error.message))));
    child.once('exit', () => settle(() => reject(failure('Xvfb ended at once'))));
    child.stdio[3]?.once('data', (number: Buffer) =>
      settle(() => resolve(number.toString().trim())),
    );
  });
}

function failure(reason: string): StartFailure {
  return new StartFailure(
    'VIRTUAL_DISPLAY_FAILED',
    `no virtual display could be started: ${reason}.`,
    'install xvfb and xauth, or set DISPLAY; without a window: `npm run start:browser`.',
  );
}
