import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { StartFailure, codeOf } from '../start-failure.ts';
import { isSameProcess, processStartTime } from '../supervisor/process-ownership.ts';
import { stateUnusable } from './state-store.ts';

const lockFile = z.object({ pid: z.number().int().positive(), startTime: z.string().nullable() });

type LockOwner = z.infer<typeof lockFile>;

export interface StateLock {
  readonly release: () => void;
}

/** Makes this process the only user of the state folder; a dead owner's lock is taken over. */
export function lockState(stateDir: string): StateLock {
  const file = path.join(stateDir, 'cloud', 'lock.json');
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.chmodSync(stateDir, 0o700);
    if (!tryLock(file)) takeOver(file, stateDir);
  } catch (error) {
    throw error instanceof StartFailure ? error : stateUnusable(stateDir, error);
  }
  return {
    release: () => {
      if (isOwn(file)) fs.rmSync(file, { force: true });
    },
  };
}

/** Written aside and linked, so that the lock never exists without its content. */
function tryLock(file: string): boolean {
  const own = `${file}.${process.pid}`;
  const content = { pid: process.pid, startTime: processStartTime(process.pid) };
  fs.writeFileSync(own, JSON.stringify(content), { mode: 0o600 });
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function takeOver(file: string, stateDir: string): void {
  const owner = readOwner(file);
  if (owner !== null && isSameProcess(owner.pid, owner.startTime))
    throw locked(stateDir, owner.pid);
  if (!removeStaleLock(file, owner) || !tryLock(file))
    throw locked(stateDir, readOwner(file)?.pid ?? 0);
}

/**
 * Removes the lock of an owner that is known to be dead. Between that finding and the rename another
 * starter may have put its own lock there: then it is put back, and the answer is false.
 */
export function removeStaleLock(file: string, dead: LockOwner | null): boolean {
  const stale = `${file}.stale-${process.pid}`;
  try {
    fs.renameSync(file, stale);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return true;
  }
  try {
    if (isDeepStrictEqual(readOwner(stale), dead)) return true;
    fs.linkSync(stale, file);
    return false;
  } finally {
    fs.rmSync(stale, { force: true });
  }
}

function isOwn(file: string): boolean {
  const owner = readOwner(file);
  return owner?.pid === process.pid && owner.startTime === processStartTime(process.pid);
}

function readOwner(file: string): LockOwner | null {
  try {
    return lockFile.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    // Gone or unreadable content: nobody owns it. A permission error is reported by tryLock.
    if (codeOf(error) === 'EACCES') throw error;
    return null;
  }
}

function locked(stateDir: string, pid: number): StartFailure {
  return new StartFailure(
    'STATE_LOCKED',
    `Another local-cloud (pid ${pid}) uses the state folder ${stateDir}.`,
    'Use that one, stop it, or pass another folder with --state.',
  );
}
