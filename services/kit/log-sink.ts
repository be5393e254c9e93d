import { writeSync } from 'node:fs';

/** What waits for standard output at most; more is dropped and counted. */
const CAPACITY = 1024 * 1024;
const FLUSH_AFTER_MS = 50;
const FLUSH_AT_BYTES = 64 * 1024;
/** How soon a full pipe is tried again. */
const RETRY_AFTER_MS = 20;
/** How long the end of the process waits for a full pipe. */
const EXIT_PATIENCE_MS = 250;
const EXIT_NAP_MS = 5;

/** Takes bytes and returns how many it took; fewer when it is full at the moment. */
export type WriteBytes = (bytes: Buffer, from: number, to: number) => number;

/** Where log lines go: batched, never blocking, bounded. */
export interface LogSink {
  /** Appends a line that ends in a line feed. Dropped and counted when there is no room for it. */
  push: (line: string) => void;
  /** The same for a line of ASCII only, which is cheaper. */
  pushAscii: (line: string) => void;
  /** Writes what waits, as far as it is taken. Called by itself within 50 ms. */
  flush: () => void;
  /** Waits a moment for a full pipe; for the end of the process. */
  flushAtEnd: () => void;
  /** Lines that were dropped so far. */
  dropped: () => number;
}

/**
 * A sink over one buffer that is made once. A reader that stops reading costs lines, not memory and
 * not time: `process.stdout.write` would queue without a bound, and lose its queue at the exit.
 */
export function createLogSink(write: WriteBytes, capacity = CAPACITY): LogSink {
  // Not zeroed: the pages become resident only once lines wait in them.
  const buffer = Buffer.allocUnsafeSlow(capacity);
  let start = 0;
  let end = 0;
  let droppedLines = 0;
  /** So many waiting bytes are worth a try; after one on a full pipe it takes more. */
  let worthTrying = FLUSH_AT_BYTES;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (start < end) start += write(buffer, start, end);
    if (start >= end) start = end = 0;
    else timer = setTimeout(flush, RETRY_AFTER_MS).unref();
    worthTrying = Math.max(FLUSH_AT_BYTES, end - start + FLUSH_AT_BYTES / 2);
  };
  const hasRoom = (bytes: number): boolean => {
    if (end + bytes <= capacity) return true;
    buffer.copyWithin(0, start, end);
    end -= start;
    start = 0;
    if (end + bytes <= capacity) return true;
    droppedLines += 1;
    return false;
  };
  const appended = (bytes: number): void => {
    end += bytes;
    if (end - start >= worthTrying) flush();
    // The timer must not keep a finished process alive: the exit listener writes the rest.
    else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref();
  };
  return {
    push(line) {
      if (hasRoom(Buffer.byteLength(line))) appended(buffer.write(line, end, 'utf8'));
    },
    pushAscii(line) {
      if (hasRoom(line.length)) appended(buffer.write(line, end, 'latin1'));
    },
    flush,
    flushAtEnd() {
      const giveUpAt = performance.now() + EXIT_PATIENCE_MS;
      flush();
      while (start < end && performance.now() < giveUpAt) {
        nap();
        flush();
      }
      clearTimeout(timer);
    },
    dropped: () => droppedLines,
  };
}

/** Standard output as a place for bytes that never makes us wait. */
export function stdoutBytes(): WriteBytes {
  // Asked for once: Node then sets a pipe to non-blocking, so that a full one is an error, not a wait.
  const fd = process.stdout.fd;
  return (bytes, from, to) => {
    let at = from;
    try {
      while (at < to) at += writeSync(fd, bytes, at, to - at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A reader that is gone will never take them.
      if (code !== 'EAGAIN') return to - from;
    }
    return at - from;
  };
}

const cell = new Int32Array(new SharedArrayBuffer(4));

function nap(): void {
  Atomics.wait(cell, 0, 0, EXIT_NAP_MS);
}
