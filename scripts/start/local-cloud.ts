import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { CONNECTION_FILE } from '@omni/contracts/local-cloud.ts';
import { eachLine, endedAndRead, stop } from './child.ts';
import { ownerIn, ownStateFolder } from './owner.ts';
import { RotatingLog } from './rotating-log.ts';
import { startErrorIn } from './start-error-line.ts';

const ownershipMs = 200;
const firstDelayMs = 500;
const longestDelayMs = 30_000;
/** One that lived this long was fine; its end is a new story. */
const settledMs = 60_000;
/** How long the output of one that has ended is waited for. */
const lastWordsMs = 500;

/** The local cloud of one state folder: started, started again when it dies, stopped once. */
export class LocalCloud {
  readonly #folder: string;
  readonly #command: readonly string[];
  #log: RotatingLog | undefined;
  readonly #say: (text: string) => void;
  #child: ChildProcess | undefined;
  #stopping = false;
  readonly #stopped = new AbortController();
  #lastError = '';

  constructor(folder: string, command: readonly string[], say: (text: string) => void) {
    this.#folder = folder;
    this.#command = command;
    this.#say = say;
  }

  /**
   * Keeps it running until `stop`. While another start on the same folder does so, this one waits:
   * that start may be just about to end.
   */
  async run(): Promise<void> {
    const release = await this.#own();
    if (!release) return;
    this.#log = new RotatingLog(path.join(this.#folder, 'logs', 'local-cloud.log'));
    try {
      await this.#keepRunning();
    } finally {
      this.#log.close();
      release();
    }
  }

  async #own(): Promise<(() => void) | undefined> {
    while (!this.#stopping) {
      const release = ownStateFolder(this.#folder);
      if (release) return release;
      await this.#pause(ownershipMs);
    }
    return undefined;
  }

  async #keepRunning(): Promise<void> {
    let delayMs = firstDelayMs;
    while (!this.#stopping) {
      await this.#waitForStranger();
      const startedAt = performance.now();
      const status = await this.#once();
      if (this.#isStopping()) break;
      if (performance.now() - startedAt > settledMs) delayMs = firstDelayMs;
      this.#say(`local cloud ended (${status}); starting it again in ${delayMs / 1000} s`);
      await this.#pause(delayMs);
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    }
  }

  /** Ends it: gently, and after the grace by force. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#stopped.abort();
    if (this.#child) await stop(this.#child, graceMs);
  }

  /** A signal of the terminal reaches it too; its end is then no reason to start it again. */
  expectEnd(): void {
    this.#stopping = true;
  }

  /** Read through a method: the flag changes while `run` waits. */
  #isStopping(): boolean {
    return this.#stopping;
  }

  /** One that somebody else runs on this folder is left alone as long as it lives. */
  async #waitForStranger(): Promise<void> {
    while (!this.#stopping && ownerIn(path.join(this.#folder, CONNECTION_FILE))) {
      await this.#pause(firstDelayMs);
    }
  }

  async #once(): Promise<number> {
    if (this.#stopping) return 0;
    const [file = '', ...args] = this.#command;
    // Its standard input stays open and empty: when this process dies, however, the pipe ends.
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: process.env });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, (line) => this.#take(line));
    }
    const { status } = await endedAndRead(child, lastWordsMs);
    return status;
  }

  #take(line: string): void {
    this.#log?.write(`${line}\n`);
    const error = startErrorIn(line);
    if (!error || error === this.#lastError) return;
    this.#lastError = error;
    this.#say(error);
  }

  async #pause(ms: number): Promise<void> {
    // Aborted by `stop`: there is nothing left to wait for.
    await pause(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}
