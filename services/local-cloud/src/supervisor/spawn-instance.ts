import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SpawnPlan {
  readonly entry: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const GUARD = fileURLToPath(new URL('./guard.mjs', import.meta.url));
let setpriv: string | null | undefined;

/** `setpriv` where it is installed: the kernel then ends the child when this process dies. */
export function findSetpriv(): string | null {
  setpriv ??=
    ['/usr/bin/setpriv', '/bin/setpriv'].find((candidate) => fs.existsSync(candidate)) ?? null;
  return process.platform === 'linux' ? setpriv : null;
}

/** A child that runs one entry with this Node and can't outlive local-cloud. */
export function spawnInstance(plan: SpawnPlan): ChildProcess {
  const node = [process.execPath, '--import', GUARD];
  const command = [...node, path.join(plan.cwd, plan.entry), ...plan.args];
  const wrapper = findSetpriv();
  const argv = wrapper === null ? command : [wrapper, '--pdeathsig', 'KILL', '--', ...command];
  const [file = '', ...rest] = argv;
  return spawn(file, rest, { cwd: plan.cwd, env: plan.env, stdio: ['pipe', 'pipe', 'pipe'] });
}
