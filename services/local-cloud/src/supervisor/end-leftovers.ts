import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StateStore } from '../state/state-store.ts';
import { isSameProcess, signal } from './process-ownership.ts';

const PATIENCE_MS = 2000;

/**
 * Ends instances that a crashed run left behind and removes their scratch folders. Nothing is
 * adopted: a process counts as ours only when pid and start time are the recorded ones.
 */
export async function endLeftovers(store: StateStore, stateDir: string): Promise<void> {
  const left = store.ids('processes').filter((pid) => isOurs(store, pid));
  for (const pid of left) signal(Number(pid), 'SIGKILL');
  const deadline = Date.now() + PATIENCE_MS;
  while (left.some((pid) => isOurs(store, pid)) && Date.now() < deadline) await wait(20);
  for (const pid of store.ids('processes')) store.remove('processes', pid);
  fs.rmSync(path.join(stateDir, 'run'), { recursive: true, force: true });
}

function isOurs(store: StateStore, pid: string): boolean {
  const startTime = store.get('processes', pid)?.startTime ?? '';
  return startTime !== '' && isSameProcess(Number(pid), startTime);
}
