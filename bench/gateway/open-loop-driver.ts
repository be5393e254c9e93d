/**
 * `node open-loop-driver.ts URL RATE SECONDS KEY`: asks at a constant rate, whatever the answers do,
 * and prints percentiles of the time from when a request was due to the end of its answer. A
 * request that has to wait for a free connection is late, and its lateness counts: nothing is left
 * out because something else was slow (coordinated omission).
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const CONNECTIONS = 64;
/** Sleep between looks at the clock: a busy loop would take the processor from the upstream. */
const NAP_MS = 0.05;
const WARM_UP_S = 1;

const [, , address = '', rateText = '', secondsText = '', key = ''] = process.argv;
const url = new URL(address);
const request =
  `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nx-api-key: ${key}\r\n` +
  'accept: */*\r\nuser-agent: open-loop\r\n\r\n';

/** One connection; it has one request under way at most. */
class Lane {
  readonly #socket: Socket;
  #received = '';
  #dueAt = 0;

  constructor(done: (lane: Lane, latencyMs: number) => void) {
    this.#socket = connect(Number(url.port), url.hostname);
    this.#socket.setNoDelay(true);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (piece: string) => {
      this.#received += piece;
      if (!isWhole(this.#received)) return;
      if (!this.#received.startsWith('HTTP/1.1 200')) throw new Error(this.#received);
      this.#received = '';
      done(this, performance.now() - this.#dueAt);
    });
  }

  async ready(): Promise<void> {
    if (this.#socket.connecting)
      await new Promise((resolve) => this.#socket.once('connect', resolve));
  }

  send(dueAt: number): void {
    this.#dueAt = dueAt;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }
}

function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  return text.length >= headEnd + 4 + Number(length ?? 0);
}

async function measure(rate: number, seconds: number): Promise<Record<string, number>> {
  const latencies: number[] = [];
  const free: Lane[] = [];
  const warmUp = WARM_UP_S * rate;
  const total = warmUp + seconds * rate;
  let finished = 0;
  const done = (lane: Lane, latencyMs: number): void => {
    finished += 1;
    if (finished > warmUp) latencies.push(latencyMs);
    free.push(lane);
  };
  for (let i = 0; i < CONNECTIONS; i += 1) free.push(new Lane(done));
  await Promise.all(free.map((lane) => lane.ready()));
  await sendAll(rate, total, free);
  while (finished < total) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const lane of free) lane.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), requests: latencies.length };
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
