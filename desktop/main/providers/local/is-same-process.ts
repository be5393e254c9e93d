import { readFile } from 'node:fs/promises';

interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, null where there is no /proc. */
  readonly processStartTime: string | null;
}

/** Does this very process still run? A pid that was given to another one in between doesn't count. */
export async function isSameProcess({ pid, processStartTime }: ProcessIdentity): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (processStartTime === null) return true;
  try {
    return startTimeIn(await readFile(`/proc/${String(pid)}/stat`, 'utf8')) === processStartTime;
  } catch {
    // Ended between the two looks at it.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there but belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The program's name in field 2 may hold blanks and brackets, so fields are counted from its end. */
function startTimeIn(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3];
}
