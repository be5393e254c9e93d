import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf } from '../start-failure.ts';
import { processStartTime, signal } from '../supervisor/process-ownership.ts';

const PATIENCE_MS = 5000;

/**
 * After a kill -9 a postmaster of our data folder may still be on its way out, and its pid file may
 * name a pid that someone else has by now, which makes Postgres refuse to start. We hold the lock of
 * the state folder, so nobody else runs a Postgres here rightfully.
 */
export async function clearStalePostmaster(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  const pid = readPid(file);
  if (pid === null) return;
  if (runsOurData(pid, dataDir)) {
    signal(pid, 'SIGQUIT');
    const deadline = Date.now() + PATIENCE_MS;
    while (runsOurData(pid, dataDir) && Date.now() < deadline) await wait(50);
    if (runsOurData(pid, dataDir)) signal(pid, 'SIGKILL');
  }
  fs.rmSync(file, { force: true });
}

function readPid(file: string): number | null {
  try {
    const pid = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function runsOurData(pid: number, dataDir: string): boolean {
  if (processStartTime(pid) === null) return false;
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(dataDir);
  } catch {
    // Gone between the two looks.
    return false;
  }
}
