import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks per second: `getconf CLK_TCK`, 100 on every Linux that we run on. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** Processor time that a process and its children used so far. */
export function cpuSeconds(pid: number): number {
  return family(pid).reduce((sum, member) => sum + ownSeconds(member), 0);
}

/** Resident memory of a process and its children. */
export function rssMb(pid: number): number {
  const pages = family(pid).reduce(
    (sum, member) => sum + Number(readFileSync(`/proc/${member}/statm`, 'utf8').split(' ')[1]),
    0,
  );
  return (pages * PAGE_BYTES) / 2 ** 20;
}

/** Processor time of one process without its children. */
export function ownSeconds(pid: number): number {
  // The name, in brackets, may hold spaces; behind it the 12th and 13th field are times.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** A process and its children: nginx works in one of the process that was started. */
export function family(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}
