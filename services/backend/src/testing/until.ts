import { setTimeout as delay } from 'node:timers/promises';

/** Far above what anything takes: on a machine that does much else a start takes many times longer. */
const UNTIL_MS = 40_000;

/** Polls until `probe` gives something, or throws after the deadline. Never a plain sleep. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  deadlineMs = UNTIL_MS,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await delay(10);
  }
}

/** Whether a process is there and not only a name in the table waiting to be collected. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: it is gone, which is the answer.
    return false;
  }
}
