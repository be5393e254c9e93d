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
  const stat = await statOf(pid);
  // A zombie has ended; only its parent hasn't noticed yet.
  return stat?.startTime === processStartTime && stat.state !== 'Z';
}

/** What identifies a process beyond its pid, null where there is no /proc. */
export async function processStartTime(pid: number): Promise<string | null> {
  return (await statOf(pid))?.startTime ?? null;
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

/** Fields 3 and 22 of /proc/PID/stat; null when there is no such process, or no /proc. */
async function statOf(
  pid: number,
): Promise<{ state: string | undefined; startTime: string | undefined } | null> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The program's name in field 2 may hold blanks and brackets: fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startTime: fields[22 - 3] };
  } catch {
    // Ended between the two looks at it.
    return null;
  }
}
