import { Worker } from 'node:worker_threads';
import { serviceEntry } from '../service-files.ts';
import type { AnalysisAnswer, AnalysisRequest } from './analysis-protocol.ts';
import type { TaskInput, TaskName, TaskOutput } from './tasks.ts';

const MAX_WAITING = 16;
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_RETRY_SECONDS = 60;
/** Before one was measured; and how much the last one counts. */
const FIRST_GUESS_MS = 100;
const LAST_COUNTS = 0.2;

/** Why an analysis gave no result. */
export class AnalysisError extends Error {
  readonly code: 'queue_full' | 'deadline_exceeded' | 'analysis_failed' | 'shutting_down';

  constructor(code: AnalysisError['code'], message: string) {
    super(message);
    this.name = 'AnalysisError';
    this.code = code;
  }
}

interface Waiting {
  readonly request: AnalysisRequest;
  readonly timeoutMs: number;
  readonly resolve: (value: never) => void;
  readonly reject: (error: AnalysisError) => void;
}

/**
 * Runs statistics beside the event loop: one worker thread, started at the first task, one task at a
 * time, the rest waits in order. A task that takes too long ends with its thread; the next one gets a
 * new thread. Nothing native runs there (that is what lanes are for), so ending a thread is safe.
 */
export class Analyst {
  readonly #entry: string;
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #running: Waiting | undefined;
  #overdue: NodeJS.Timeout | undefined;
  #lastId = 0;
  #usualMs = FIRST_GUESS_MS;
  #startedAt = 0;
  #closed = false;

  constructor(entry: string = serviceEntry('analysis-entry', 'analysis')) {
    this.#entry = entry;
  }

  /** Whole seconds until what waits now is done, at the time that tasks took lately. */
  get drainSeconds(): number {
    return Math.min(MAX_RETRY_SECONDS, Math.max(1, Math.ceil((this.load * this.#usualMs) / 1_000)));
  }

  /** How many tasks run or wait. */
  get load(): number {
    return this.#waiting.length + (this.#running === undefined ? 0 : 1);
  }

  /**
   * Runs one task in the thread.
   * @throws AnalysisError `queue_full`, `deadline_exceeded`, `analysis_failed` or `shutting_down`
   */
  run<Name extends TaskName>(
    task: Name,
    input: TaskInput<Name>,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<TaskOutput<Name>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new AnalysisError('shutting_down', 'this instance is stopping'));
      } else if (this.#waiting.length >= MAX_WAITING) {
        reject(new AnalysisError('queue_full', `${this.#waiting.length} analyses wait already`));
      } else {
        const request = { id: (this.#lastId += 1), task, input };
        this.#waiting.push({ request, timeoutMs, resolve, reject });
        this.#next();
      }
    });
  }

  /** Ends the thread; what runs or waits is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const error = new AnalysisError('shutting_down', 'this instance is stopping');
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#settle()?.reject(error);
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#running !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running = next;
    this.#startedAt = performance.now();
    this.#overdue = setTimeout(() => this.#giveUp(), next.timeoutMs);
    (this.#worker ??= this.#start()).postMessage(next.request);
  }

  #start(): Worker {
    const worker = new Worker(this.#entry, { execArgv: [], env: {} });
    worker.on('message', (answer: AnalysisAnswer) => {
      this.#usualMs += LAST_COUNTS * (performance.now() - this.#startedAt - this.#usualMs);
      const waiting = this.#settle();
      if ('failure' in answer) waiting?.reject(failed(answer.failure));
      else waiting?.resolve(answer.output as never);
      this.#next();
    });
    worker.on('error', (error: Error) => this.#lost(worker, failed(error.message)));
    worker.on('exit', (code) => this.#lost(worker, failed(`the thread ended with ${code}`)));
    worker.unref();
    return worker;
  }

  #giveUp(): void {
    const [worker, waiting] = [this.#worker, this.#settle()];
    this.#worker = undefined;
    const message = `the analysis took longer than ${waiting?.timeoutMs ?? 0} ms`;
    waiting?.reject(new AnalysisError('deadline_exceeded', message));
    // Its exit is told to nobody: the thread is no longer ours.
    worker?.terminate().catch(() => undefined);
    this.#next();
  }

  #lost(worker: Worker, error: AnalysisError): void {
    if (worker !== this.#worker) return;
    this.#worker = undefined;
    this.#settle()?.reject(error);
    this.#next();
  }

  #settle(): Waiting | undefined {
    const running = this.#running;
    this.#running = undefined;
    clearTimeout(this.#overdue);
    return running;
  }
}

function failed(message: string): AnalysisError {
  return new AnalysisError('analysis_failed', message);
}
