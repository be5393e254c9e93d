import process from 'node:process';
import type { Logger } from './ports/logger.ts';

/** One thing that has to be stopped, in its order. */
export interface Closing {
  readonly name: string;
  close(): Promise<void> | void;
}

/** A part that hangs must not keep the console from ending. */
const STEP_MS = 2_000;
const PARENT_WATCH_MS = 500;

/**
 * Stops the parts one after the other in the order in which they are given. A part that fails or
 * takes longer than two seconds is named in the log and the next one follows.
 */
export async function closeInOrder(parts: readonly Closing[], log: Logger): Promise<void> {
  for (const part of parts) {
    try {
      await within(STEP_MS, part);
    } catch (error) {
      log.error(`${part.name} could not be stopped in order`, error);
    }
  }
}

/** Calls `onGone` once when the process that started this one is gone. Returns how to stop watching. */
export function watchParent(onGone: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, PARENT_WATCH_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The terminal that started us may close at any time: writing to it must not end the console. */
export function surviveClosedTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Errors that nobody waited for go to the log; the console goes on. */
export function logUnhandled(log: Logger): void {
  process.on('unhandledRejection', (reason) => log.error('unhandled rejection', reason));
  process.on('uncaughtException', (error) => log.error('uncaught exception', error));
}

async function within(ms: number, part: Closing): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${part.name} took longer than ${String(ms)} ms`)),
      ms,
    );
  });
  try {
    await Promise.race([part.close(), late]);
  } finally {
    clearTimeout(timer);
  }
}
