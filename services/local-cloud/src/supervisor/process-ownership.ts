import fs from 'node:fs';

/** Field 22 of /proc/PID/stat, which tells a reused pid; null where /proc is not there. */
export function processStartTime(pid: number): string | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces: count from the last bracket (field 3 follows it).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    // No such process, or no /proc on this system: nothing to compare with.
    return null;
  }
}

/** 0 is our own process group, a negative number another one: never what is meant here. */
function isOneProcess(pid: number): boolean {
  return Number.isInteger(pid) && pid > 0;
}

/** Is the process that had this pid and start time still alive? */
export function isSameProcess(pid: number, startTime: string | null): boolean {
  if (!isOneProcess(pid)) return false;
  if (startTime !== null) return processStartTime(pid) === startTime;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: gone. EPERM: someone else's process, so not ours.
    return false;
  }
}

/** Sends a signal; a process that is gone already is not an error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  if (!isOneProcess(pid)) return;
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}
