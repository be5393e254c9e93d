import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { messageOf } from '../start-failure.ts';
import type {
  InstanceExit,
  InstanceState,
  RunningInstance,
  StopTimes,
} from './instance-factory.ts';
import { MAX_LINE } from './log-book.ts';
import type { LogLine } from './log-book.ts';
import type { ProbeKind } from './probe.ts';
import { signal } from './process-ownership.ts';
import { readLines } from './read-lines.ts';
import type { SpawnPlan } from './spawn-instance.ts';
import { spawnInstance } from './spawn-instance.ts';

const STOP_TIMES: StopTimes = { idleMs: 10_000, graceMs: 10_000 };
/** Below the five seconds after which a Node server closes idle connections. */
const UPSTREAM_IDLE_MS = 4_000;

export interface InstanceEvents {
  readonly onLine: (stream: LogLine['stream'], line: string) => void;
  readonly onStarted: (pid: number) => void;
  readonly onExit: (pid: number, exit: InstanceExit) => void;
  readonly failsProbe: (kind: ProbeKind) => boolean;
}

/** One process of a revision, the connections to it, and the requests that it works on. */
export class Instance implements RunningInstance {
  readonly id = randomBytes(6).toString('hex');
  readonly port: number;
  readonly scratchDir: string;
  readonly agent = new http.Agent({
    keepAlive: true,
    timeout: UPSTREAM_IDLE_MS,
    scheduling: 'lifo',
  });
  readonly exited: Promise<InstanceExit>;
  state: InstanceState = 'starting';
  /** Cut or refused a connection; gets no requests until it is known to live. */
  suspect = false;
  inFlight = 0;
  readyAt = 0;
  idleSince = Date.now();
  readonly #events: InstanceEvents;
  readonly #abort = new AbortController();
  #child: ChildProcess | null = null;
  #onIdle: (() => void) | null = null;
  #settleExit: (exit: InstanceExit) => void = () => undefined;

  constructor(port: number, runDir: string, events: InstanceEvents) {
    this.port = port;
    this.scratchDir = path.join(runDir, this.id);
    this.#events = events;
    this.exited = new Promise((resolve) => {
      this.#settleExit = resolve;
    });
  }

  /** Fires when the process has gone, so that probes and waiters stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(plan: SpawnPlan): void {
    fs.mkdirSync(this.scratchDir, { recursive: true, mode: 0o700 });
    const child = spawnInstance(plan);
    this.#child = child;
    this.#readLines(child, 'stdout');
    this.#readLines(child, 'stderr');
    child.stdin?.on('error', () => undefined); // The child closed its end: nothing is written anyway.
    child.once('error', (error) => {
      this.#events.onLine('system', `could not start: ${error.message}`);
      if (child.pid === undefined) this.#gone({ code: null, signal: null });
    });
    child.once('close', (code, name) => {
      this.#gone({ code, signal: name });
    });
    if (child.pid !== undefined) this.#events.onStarted(child.pid);
  }

  markReady(): void {
    if (this.state !== 'starting') return;
    this.state = 'ready';
    this.readyAt = Date.now();
    this.idleSince = this.readyAt;
  }

  failsProbe(kind: ProbeKind): boolean {
    return this.#events.failsProbe(kind);
  }

  begin(): void {
    this.inFlight += 1;
  }

  end(): void {
    this.inFlight -= 1;
    if (this.inFlight > 0) return;
    this.idleSince = Date.now();
    this.#onIdle?.();
  }

  /** Lets requests finish (10 s), then SIGTERM, 10 s, SIGKILL. Resolves when it is gone. */
  async stop({ idleMs, graceMs }: StopTimes = STOP_TIMES): Promise<void> {
    if (this.state === 'gone') return;
    const first = this.state !== 'draining';
    this.state = 'draining';
    if (first) {
      await this.#untilIdle(idleMs);
      // Connections kept open for reuse would make a server that closes politely wait for them.
      if (this.inFlight === 0) this.agent.destroy();
      signal(this.pid, 'SIGTERM');
      const timer = setTimeout(() => {
        signal(this.pid, 'SIGKILL');
      }, graceMs);
      await this.exited;
      clearTimeout(timer);
    }
    await this.exited;
  }

  /** At once, without grace: it hangs or never became ready. */
  kill(): void {
    if (this.state !== 'gone') signal(this.pid, 'SIGKILL');
  }

  async #untilIdle(graceMs: number): Promise<void> {
    if (this.inFlight === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
      this.signal.addEventListener('abort', this.#onIdle, { once: true });
    });
  }

  #readLines(child: ChildProcess, stream: 'stdout' | 'stderr'): void {
    const source = child[stream];
    if (source === null) return;
    readLines(source, MAX_LINE, (line) => {
      this.#events.onLine(stream, line);
    });
  }

  #gone(how: Omit<InstanceExit, 'expected'>): void {
    if (this.state === 'gone') return;
    const exit = { ...how, expected: this.state === 'draining' };
    this.state = 'gone';
    this.agent.destroy();
    this.#abort.abort();
    this.#removeScratch();
    this.#events.onExit(this.pid, exit);
    this.#settleExit(exit);
  }

  /** Called by an event: a throw would end local-cloud. What stays goes with the next start. */
  #removeScratch(): void {
    try {
      fs.rmSync(this.scratchDir, { recursive: true, force: true });
    } catch (error) {
      this.#events.onLine('system', `the scratch folder stays: ${messageOf(error)}`);
    }
  }
}
