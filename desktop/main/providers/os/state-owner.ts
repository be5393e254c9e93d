import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { z } from 'zod';
import { isSameProcess, processStartTime } from '../local/is-same-process.ts';

/** Beside `console.pid`, which names who runs the local cloud: that one may be without a console. */
export const OWNER_FILE = 'console-core.pid';
/** Another start may take a dead owner's place at the same moment; one of them wins within these. */
const ATTEMPTS = 3;

const identity = z.object({
  pid: z.number().int().positive(),
  processStartTime: z.string().nullable(),
});

/** Another console writes this state folder's journal, audit chain and settings. */
export class StateInUseError extends Error {
  readonly code = 'STATE_IN_USE';
  readonly nextStep = 'Use that console, or start this one with another --state DIR.';

  constructor(stateFolder: string, pid: number | null) {
    const who = pid === null ? 'another process' : `process ${String(pid)}`;
    super(`The state folder ${stateFolder} is used by the console of ${who}.`);
    this.name = 'StateInUseError';
  }
}

/**
 * Makes this process the only console on a state folder; two would tear each other's files. Returns
 * how to give it up. The file of a process that is gone is replaced at once. Throws StateInUseError.
 */
export async function ownState(stateFolder: string): Promise<() => Promise<void>> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const file = join(stateFolder, OWNER_FILE);
  const own = JSON.stringify({
    pid: process.pid,
    processStartTime: await processStartTime(process.pid),
  });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await createWhole(file, own)) return () => rm(file, { force: true });
    const owner = await livingOwner(file);
    if (owner !== null) throw new StateInUseError(stateFolder, owner);
    await putAside(file);
  }
  throw new StateInUseError(stateFolder, null);
}

/** False when the file is there already. It appears with its content, so nobody reads half of it. */
async function createWhole(file: string, content: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content, { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Takes a dead owner's file away, and gives it back when somebody living took its place meanwhile. */
async function putAside(file: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await livingOwner(aside)) !== null) await link(aside, file);
  } catch (error) {
    // Somebody else was quicker: the next attempt sees whom it belongs to.
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** The pid in the file when exactly that process still runs. */
async function livingOwner(file: string): Promise<number | null> {
  const owner = identity.safeParse(await readJson(file));
  return owner.success && (await isSameProcess(owner.data)) ? owner.data.pid : null;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    // Gone, or cut short by a power cut: it names nobody.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return null;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
