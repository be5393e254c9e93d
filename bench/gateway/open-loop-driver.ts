/**
 * `node open-loop-driver.ts URL RATE SECONDS KEY`: asks at a constant rate, whatever the answers do,
 * and prints percentiles of the time from when a request was due to the end of its answer, for each
 * second and for all. A request that has to wait for a free connection is late, and its lateness
 * counts: nothing is left out because something else was slow (coordinated omission).
 *
 * Its own pauses would be taken for the candidate's: it is started with a young generation that
 * holds the whole run (`DRIVER_FLAGS` in latency.ts), and warms up on the very code that measures.
 */
import { writeFileSync } from 'node:fs';
import { BareConnection } from '../bare-connection.ts';

const CONNECTIONS = 64;
/**
 * Sleep between looks at the clock. The upstream runs on the same processor: with 10 µs it waited for
 * it (p99 of the direct path 0.5 to 1.5 ms instead of 0.2).
 */
const NAP_MS = 0.03;
/** Linux lets a sleep end late to save wakes, by 50 µs unless asked: more than we sleep. */
const TIMER_SLACK_NS = 1;
const WARM_UP_S = 2;

const [, , address = '', rateText = '', secondsText = '', key = ''] = process.argv;
const url = new URL(address);
const request = Buffer.from(
  `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nx-api-key: ${key}\r\n` +
    'accept: */*\r\nuser-agent: open-loop\r\n\r\n',
  'latin1',
);

/** One connection, and when its request was due. */
class Lane {
  readonly #connection: BareConnection;
  #dueAt = 0;

  constructor(done: (lane: Lane, latencyMs: number) => void) {
    this.#connection = new BareConnection(url, (at) => done(this, at - this.#dueAt));
  }

  ready(): Promise<void> {
    return this.#connection.ready();
  }

  send(dueAt: number): void {
    this.#dueAt = dueAt;
    this.#connection.send(request);
  }

  close(): void {
    this.#connection.close();
  }
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

// An answer is seen when the nap is over: the longer that is, the coarser is all that is measured.
writeFileSync('/proc/self/timerslack_ns', String(TIMER_SLACK_NS));
process.stdout.write(`${JSON.stringify(await measure(Number(rateText), Number(secondsText)))}\n`);
