import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { StartFailure } from '../bootstrap/failure.mjs';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of this run: the option, else the environment, else the user's state folder. */
export function chooseStateFolder(
  option: string | undefined,
  env: Environment = process.env,
  home: string = homedir(),
): string {
  const wanted = option ?? env['OMNI_STATE_DIR'];
  if (wanted) return path.resolve(wanted);
  const xdg = env['XDG_STATE_HOME'];
  // The XDG base directory rules: a relative path is to be ignored.
  const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.local', 'state');
  return path.join(base, 'omni-console');
}

/** Makes the folder, or checks that an existing one is ours alone and can be written. */
export function openStateFolder(folder: string): void {
  try {
    makeFolder(folder);
    makeFolder(path.join(folder, 'logs'));
    protect(folder);
    const probe = path.join(folder, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    if (error instanceof StartFailure) throw error;
    throw unusable(folder, error instanceof Error ? error.message : String(error));
  }
}

/** Not `recursive`: where the system answers ENOENT for ever (/proc), Node's never returns. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (!existsSync(parent)) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}

/** Others may not read it; but a foreign folder, given by mistake, keeps its mode. */
function protect(folder: string): void {
  if (process.platform === 'win32' || (statSync(folder).mode & 0o077) === 0) return;
  const foreign = readdirSync(folder).filter((name) => !ownNames.has(name));
  if (foreign.length > 0 && !readdirSync(folder).includes('console.pid')) {
    throw unusable(folder, `others can read it, and it holds ${foreign.slice(0, 3).join(', ')}`);
  }
  chmodSync(folder, 0o700);
}

const ownNames = new Set(['logs', 'electron', 'console.pid', 'secrets', 'local-cloud.json']);

function unusable(folder: string, reason: string): StartFailure {
  return new StartFailure(
    'STATE_DIR_UNUSABLE',
    `the state folder ${folder} cannot be used: ${reason}.`,
    'name another one with `npm start -- --state DIR` (or OMNI_STATE_DIR), or make this one yours (`chmod 700`).',
  );
}
