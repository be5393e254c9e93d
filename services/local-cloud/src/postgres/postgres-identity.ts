import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { findSetpriv } from '../supervisor/spawn-instance.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';

/**
 * How Postgres is run. It refuses uid 0, and no other user can enter a 0700 home such as /root. So
 * root runs it in a user namespace: inside it has another uid, outside it still is root and may
 * read the folders. Where namespaces are forbidden (many containers) it runs as another user from a
 * copy in a folder that everybody can enter.
 */
export interface PostgresIdentity {
  readonly kind: 'direct' | 'user-namespace' | 'other-user';
  /** Put before the command. */
  readonly prefix: readonly string[];
  readonly binaries: PostgresBinaries;
  /** Holds data/ and what belongs to it. */
  readonly homeDir: string;
  /** Owner of the files, when not ourselves. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/** Users that exist on every Linux and own nothing of value; Postgres wants one with a name. */
const PREFERRED_USERS = ['postgres', 'nobody', 'daemon'];
const SYSTEM_DIR = '/var/lib/omni-console';

/** Decides how to run Postgres for this process; makes the copy when one is needed. */
export function choosePostgresIdentity(
  stateDir: string,
  binaries: PostgresBinaries,
): PostgresIdentity {
  const homeDir = path.join(stateDir, 'postgres');
  const guard = deathGuard();
  if (process.getuid?.() !== 0)
    return { kind: 'direct', prefix: guard, binaries, homeDir, owner: null };
  const user = findUser();
  const { uid, gid } = user;
  const namespace = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
  // The guard comes last: changing the identity would clear the death signal.
  if (canRun([...namespace, binaries.postgres, '--version']))
    return {
      kind: 'user-namespace',
      prefix: [...namespace, ...guard],
      binaries,
      homeDir,
      owner: null,
    };
  return asOtherUser(stateDir, binaries, user);
}

/** Ends Postgres (immediate shutdown) when this process dies, however it dies. */
function deathGuard(): string[] {
  const setpriv = findSetpriv();
  return setpriv === null ? [] : [setpriv, '--pdeathsig', 'QUIT', '--'];
}

function asOtherUser(
  stateDir: string,
  binaries: PostgresBinaries,
  user: { uid: number; gid: number },
): PostgresIdentity {
  const setpriv = findSetpriv();
  if (setpriv === null)
    throw new Error('Running as root, without user namespaces and without setpriv.');
  const id = createHash('sha256').update(stateDir).digest('hex').slice(0, 16);
  const homeDir = path.join(SYSTEM_DIR, id);
  const root = path.join(SYSTEM_DIR, `postgres-${binaries.version}`);
  fs.mkdirSync(homeDir, { recursive: true, mode: 0o755 });
  fs.chownSync(homeDir, user.uid, user.gid);
  fs.chmodSync(homeDir, 0o700);
  if (!fs.existsSync(path.join(root, 'bin', 'postgres'))) copyBinaries(binaries.root, root);
  const bin = (name: string): string => path.join(root, 'bin', name);
  const switchUser = ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'];
  const prefix = [setpriv, ...switchUser, '--pdeathsig', 'QUIT', '--'];
  const copy = { ...binaries, root, initdb: bin('initdb'), postgres: bin('postgres') };
  if (!canRun([...prefix, copy.postgres, '--version']))
    throw new Error(`Postgres can't be run as uid ${user.uid} from ${root}.`);
  return { kind: 'other-user', prefix, binaries: copy, homeDir, owner: user };
}

/** Copied aside and renamed, so that a half copy is never used. */
function copyBinaries(source: string, target: string): void {
  const next = `${target}.${process.pid}`;
  fs.cpSync(source, next, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX', next]);
  fs.rmSync(target, { recursive: true, force: true });
  fs.renameSync(next, target);
}

function findUser(): { uid: number; gid: number } {
  const lines = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of PREFERRED_USERS) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`None of the users ${PREFERRED_USERS.join(', ')} exists.`);
}

function canRun(argv: readonly string[]): boolean {
  const [file = '', ...args] = argv;
  return spawnSync(file, args, { stdio: 'ignore', timeout: 5000 }).status === 0;
}
