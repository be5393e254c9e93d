import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** How a child ended, as a shell would say it: its code, or 128 + the signal's number. */
export type Ending = { status: number; signal: NodeJS.Signals | null };

/** Resolves when the child has ended, or could not be started at all. */
export function ended(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ status: 127, signal: null }));
    child.once('exit', (code, signal) => {
      resolve({ status: code ?? 128 + (signal ? constants.signals[signal] : 0), signal });
    });
  });
}

/**
 * As `ended`, after everything that the child printed has been read: its last lines say why it ended.
 * What it started may hold its pipes open, so that is waited for `withinMs` at most.
 */
export async function endedAndRead(child: ChildProcess, withinMs: number): Promise<Ending> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ending = await ended(child);
  let overdue: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => (overdue = setTimeout(resolve, withinMs)));
  await Promise.race([closed, waited]);
  clearTimeout(overdue);
  return ending;
}

/** Asks a child to end and makes it after a while. */
export async function stop(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const end = ended(child);
  child.kill('SIGTERM');
  const overdue = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await end;
  clearTimeout(overdue);
}

/** Calls back for each whole line of a stream. */
export function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream.on('end', () => {
    if (rest) take(rest);
  });
}
