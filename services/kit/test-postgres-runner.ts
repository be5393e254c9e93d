import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** `nobody` on Debian and most others; inside a user namespace any number but 0 will do. */
const OTHER_UID = 65_534;

/** How to run the binaries: Postgres refuses to run as root. */
export interface Runner {
  prefix: readonly string[];
  /** Only where user namespaces are forbidden: another user, from a copy it may read. */
  owner: { uid: number; gid: number } | undefined;
}

let chosen: Runner | undefined;

/** Asked once in a process: the answer doesn't change. */
export function postgresRunner(): Runner {
  chosen ??= chooseRunner();
  return chosen;
}

function chooseRunner(): Runner {
  const guard = canRun(['setpriv', '--pdeathsig', 'INT', 'true'])
    ? ['setpriv', '--pdeathsig', 'INT', '--']
    : [];
  if (process.getuid?.() !== 0) return { prefix: guard, owner: undefined };
  const namespace = ['unshare', '--user', `--map-user=${OTHER_UID}`, '--'];
  if (canRun([...namespace, 'true'])) return { prefix: [...namespace, ...guard], owner: undefined };
  return { prefix: [], owner: { uid: OTHER_UID, gid: OTHER_UID } };
}

function canRun([file = '', ...args]: readonly string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore', timeout: 5_000 }).status === 0;
}

/** Starts one of the binaries; its errors can be read. */
export function run(
  { prefix, owner }: Runner,
  command: readonly string[],
  home: string,
): ChildProcess {
  const [file = '', ...args] = [...prefix, ...command];
  return spawn(file, args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'], ...owner });
}

/** Waits until a command ended well; throws with its errors otherwise. */
export async function succeed(child: ChildProcess): Promise<void> {
  let errors = '';
  child.stderr?.on('data', (piece: Buffer) => (errors += piece.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} failed (${code}): ${errors}`);
}
