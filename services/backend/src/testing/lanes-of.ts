import { readdirSync, readFileSync } from 'node:fs';
import type { RunningServer } from './run-server.ts';

/** Lane processes of a server, read from the process table (Linux). */
export function lanesOf({ child }: RunningServer): number[] {
  const isLane = (pid: string): boolean => {
    try {
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return parent === String(child.pid);
    } catch {
      // It ended while the table was read.
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isLane(name))
    .map(Number);
}
