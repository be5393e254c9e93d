import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { LogSink } from './log-sink.ts';
import { createLogSink } from './log-sink.ts';

const SINK = join(import.meta.dirname, 'log-sink.ts');

/** A reader that takes what it is told to. */
function trial(capacity: number): { sink: LogSink; take: { bytes: number }; text: () => string } {
  const take = { bytes: 0 };
  let text = '';
  const sink = createLogSink((bytes, from, to) => {
    const taken = Math.min(take.bytes, to - from);
    text += bytes.toString('latin1', from, from + taken);
    return taken;
  }, capacity);
  return { sink, take, text: () => text };
}

describe('createLogSink', () => {
  it('keeps what a full reader does not take, in order, and drops whole lines beyond its room', () => {
    const { sink, take, text } = trial(100);
    const line = (n: number): string => `line ${String(n).padStart(3, '0')}\n`;
    for (let n = 0; n < 50; n += 1) sink.pushAscii(line(n));
    expect(sink.dropped()).toBe(50 - 11);
    take.bytes = 13;
    sink.flush();
    sink.push(line(100));
    take.bytes = Infinity;
    sink.flush();
    const expected = Array.from({ length: 11 }, (_, n) => line(n)).join('') + line(100);
    expect(text()).toBe(expected);
  });

  it('writes a batch at once when it is large, and never more often than that', () => {
    let writes = 0;
    const sink = createLogSink((_bytes, from, to) => {
      writes += 1;
      return to - from;
    });
    const line = `${'x'.repeat(1_023)}\n`;
    for (let n = 0; n < 64 * 5; n += 1) sink.pushAscii(line);
    expect(writes).toBe(5);
  });

  it('does not try a full pipe with every line', () => {
    let writes = 0;
    const sink = createLogSink(() => {
      writes += 1;
      return 0;
    });
    const line = `${'x'.repeat(1_023)}\n`;
    for (let n = 0; n < 5_000; n += 1) sink.pushAscii(line);
    expect(writes).toBeLessThan(40);
    expect(sink.dropped()).toBe(5_000 - 1_024);
  });

  it('keeps text that is not ASCII whole', () => {
    const { sink, take, text } = trial(1_000);
    take.bytes = Infinity;
    sink.push('größer\n');
    sink.flush();
    expect(Buffer.from(text(), 'latin1').toString()).toBe('größer\n');
  });
});

/** A process that logs 4 MB and says on standard error what it dropped. */
const PROGRAM = `
  const { createLogSink, stdoutBytes } = await import(process.argv[1]);
  const { writeSync } = await import('node:fs');
  const sink = createLogSink(stdoutBytes());
  const line = 'x'.repeat(1023) + '\\n';
  for (let n = 0; n < 4096; n += 1) {
    sink.pushAscii(line);
    if (n % 32 === 0) sink.flush();
  }
  sink.flushAtEnd();
  writeSync(2, String(sink.dropped()));
  process.exit(0);
`;
const ARGUMENTS = ['--input-type=module', '-e', PROGRAM, SINK];

describe('standard output', () => {
  it('that nobody reads costs lines, not memory, and does not hold up the end', async () => {
    const child = spawn(process.execPath, ARGUMENTS, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(0);
    // 64 KiB in the pipe, what the other end reads ahead, and 1 MiB here; the rest is counted.
    expect(Number(said)).toBeGreaterThan(2_500);
    child.stdout.destroy();
  });

  it('that is read gets every line, also the last ones before the end', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ARGUMENTS, {
      maxBuffer: 16 * 1024 * 1024,
    });
    expect(Number(stderr)).toBeLessThan(4_096);
    expect(stdout.length / 1_024).toBe(4_096 - Number(stderr));
  });
});
