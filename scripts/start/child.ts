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
