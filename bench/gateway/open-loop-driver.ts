/**
 * `node open-loop-driver.ts URL RATE SECONDS KEY`: asks at a constant rate, whatever the answers do,
 * and prints percentiles of the time from when a request was due to the end of its answer, for each
 * second and for all. A request that has to wait for a free connection is late, and its lateness
 * counts: nothing is left out because something else was slow (coordinated omission).
 *
 * Its own pauses would be taken for the candidate's: it is started with a young generation that
 * holds the whole run (`DRIVER_FLAGS` in latency.ts), and warms up on the very code that measures.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const CONNECTIONS = 64;
/** Sleep between looks at the clock: a busy loop would take the processor from the upstream. */
const NAP_MS = 0.05;
const WARM_UP_S = 2;
const ANSWER_BYTES = 8_192;

const [, , address = '', rateText = '', secondsText = '', key = ''] = process.argv;
const url = new URL(address);
const request = Buffer.from(
  `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nx-api-key: ${key}\r\n` +
    'accept: */*\r\nuser-agent: open-loop\r\n\r\n',
  'latin1',
);

/** One connection; it has one request under way at most. */
class Lane {
  readonly #socket: Socket;
  readonly #done: (lane: Lane, latencyMs: number) => void;
  #missing = 0;
  #dueAt = 0;

  constructor(done: (lane: Lane, latencyMs: number) => void) {
    this.#done = done;
    const buffer = Buffer.allocUnsafe(ANSWER_BYTES);
    this.#socket = connect({
      port: Number(url.port),
      host: url.hostname,
      noDelay: true,
      onread: {
        buffer,
        callback: (bytes) => {
          this.#take(buffer, bytes);
          return true;
        },
      },
    });
  }

  async ready(): Promise<void> {
    if (this.#socket.connecting)
      await new Promise((resolve) => this.#socket.once('connect', resolve));
  }

  send(dueAt: number): void {
    this.#dueAt = dueAt;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(buffer: Buffer, bytes: number): void {
    const at = performance.now();
    if (this.#missing === 0) this.#missing = answerLength(buffer, bytes);
    this.#missing -= bytes;
    if (this.#missing === 0) this.#done(this, at - this.#dueAt);
  }
}

/** Bytes of the whole answer whose head is in the buffer. */
function answerLength(buffer: Buffer, bytes: number): number {
  const text = buffer.toString('latin1', 0, bytes);
  const headEnd = text.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (!text.startsWith('HTTP/1.1 200') || headEnd < 0) throw new Error(text);
  return headEnd + 4 + Number(length ?? 0);
}

interface Measured {
  /** 99th percentile of each second, in ms. */
  readonly secondsP99: readonly number[];
  readonly p50: number;
  readonly p99: number;
}

async function measure(rate: number, seconds: number): Promise<Measured> {
  const total = (WARM_UP_S + seconds) * rate;
  const latencies = new Float64Array(total);
  const free: Lane[] = [];
  let finished = 0;
  const done = (lane: Lane, latencyMs: number): void => {
    latencies[finished] = latencyMs;
    finished += 1;
    free.push(lane);
  };
  for (let i = 0; i < CONNECTIONS; i += 1) free.push(new Lane(done));
  await Promise.all(free.map((lane) => lane.ready()));
  await sendAll(rate, total, free);
  while (finished < total) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const lane of free) lane.close();
  const secondsP99 = Array.from({ length: seconds }, (_, second) =>
    quantile(latencies.slice((WARM_UP_S + second) * rate, (WARM_UP_S + second + 1) * rate), 0.99),
  );
  const measured = latencies.slice(WARM_UP_S * rate);
  return { secondsP99, p50: quantile(measured, 0.5), p99: quantile(measured, 0.99) };
}

/** Sorts what it is given. */
function quantile(values: Float64Array, share: number): number {
  return values.sort()[Math.floor(values.length * share)] ?? Number.NaN;
}

function sendAll(rate: number, total: number, free: Lane[]): Promise<void> {
  const stepMs = 1_000 / rate;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let sent = 0;
    const turn = (): void => {
      const now = performance.now();
      while (sent < total && startedAt + sent * stepMs <= now) {
        const lane = free.pop();
        // All are busy: this one is late, from the moment it was due.
        if (lane === undefined) break;
        lane.send(startedAt + sent * stepMs);
        sent += 1;
      }
      if (sent === total) {
        resolve();
        return;
      }
      Atomics.wait(sleeper, 0, 0, NAP_MS);
      setImmediate(turn);
    };
    turn();
  });
}

process.stdout.write(`${JSON.stringify(await measure(Number(rateText), Number(secondsText)))}\n`);
