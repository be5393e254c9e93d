import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { codeOf } from '../start-failure.ts';
import type { PostgresIdentity } from './postgres-identity.ts';

export const SUPERUSER = 'omni';

/** The password of the superuser, made once; mode 0600 in the state folder. */
export function readPassword(stateDir: string): string {
  const file = path.join(stateDir, 'postgres-password');
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const password = randomBytes(24).toString('base64url');
  fs.writeFileSync(file, password, { mode: 0o600 });
  return password;
}

/** Makes the cluster when there is none. A half-made one (killed in between) is made again. */
export async function createCluster(identity: PostgresIdentity, password: string): Promise<void> {
  const data = path.join(identity.homeDir, 'data');
  if (fs.existsSync(data)) return;
  fs.mkdirSync(identity.homeDir, { recursive: true, mode: 0o700 });
  const next = `${data}.making`;
  const passwordFile = path.join(identity.homeDir, 'initdb-password');
  fs.rmSync(next, { recursive: true, force: true });
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.owner !== null) fs.chownSync(passwordFile, identity.owner.uid, identity.owner.gid);
  try {
    await runInitdb(identity, next, passwordFile);
    fs.renameSync(next, data);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

async function runInitdb(
  identity: PostgresIdentity,
  data: string,
  passwordFile: string,
): Promise<void> {
  const locale = [
    '-E',
    'UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-locale',
  ];
  const access = ['-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const command = [identity.binaries.initdb, '-D', data, ...access, ...locale, '--no-sync'];
  const [file = '', ...args] = [...identity.prefix, ...command];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  const errors: Buffer[] = [];
  child.stderr.on('data', (piece: Buffer) => errors.push(piece));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`initdb failed (${code}): ${Buffer.concat(errors).toString().trim()}`);
}
