import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { z } from 'zod';

/** Identifies a process beyond doubt: a pid alone is given again. */
const identity = z.object({
  pid: z.number().int().positive(),
  processStartTime: z.string().nullable(),
});
export type ProcessIdentity = z.infer<typeof identity>;

/** Field 22 of /proc/PID/stat, or null where there is no such file. */
export function processStartTime(pid: number): string | null {
  return statOf(pid)?.[19] ?? null;
}

/** A process's parent, where /proc says so. */
export function parentOf(pid: number): string | undefined {
  return statOf(pid)?.[1];
}

/** /proc/PID/stat from its third field on. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in parentheses and may hold anything, spaces included.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    // No such process, or not Linux.
    return undefined;
  }
}

/** Whether exactly that process still runs. */
export function isRunning({ pid, processStartTime: startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startedAt === null || processStartTime(pid) === startedAt;
}

/** Who is named in a JSON file with `pid` and `processStartTime`; undefined when nobody is. */
export function ownerIn(file: string): ProcessIdentity | undefined {
  try {
    const owner = identity.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return owner.success && isRunning(owner.data) ? owner.data : undefined;
  } catch {
    // No file, or one that was cut short: nobody owns it.
    return undefined;
  }
}

/**
 * Makes this process the one that runs the local cloud of a state folder. Returns how to give that
 * up, or undefined when another start already does it.
 */
export function ownStateFolder(folder: string): (() => void) | undefined {
  const file = path.join(folder, 'console.pid');
  const own = { pid: process.pid, processStartTime: processStartTime(process.pid) };
  for (const _attempt of [1, 2]) {
    try {
      writeFileSync(file, JSON.stringify(own), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (ownerIn(file)) return undefined;
    rmSync(file, { force: true });
  }
  return undefined;
}
