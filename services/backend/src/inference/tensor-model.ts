import { Admission } from './admission.ts';
import { DrainRate } from './drain-rate.ts';
import { InferenceError, toInferenceError } from './inference-error.ts';
import type { Lane, LaneTimeouts } from './lane.ts';
import type { ModelState } from './lane-group.ts';
import { LaneGroup } from './lane-group.ts';
import type { LaneHost } from './lane-host.ts';
import type { InferTask, LaneReport, ModelInterface } from './lane-protocol.ts';
import type { ModelVersion } from './model-repository.ts';
import type { InferResult } from './tensor-job.ts';
import { TensorJob } from './tensor-job.ts';

interface TensorModelEvents {
  readonly onReady: (report: LaneReport) => void;
  readonly onLaneDeath: (reason: string) => void;
  readonly onDispatch: (items: number) => void;
}

export interface TensorModelOptions {
  readonly model: ModelVersion;
  readonly host: LaneHost;
  readonly lanes: number;
  readonly limits: { readonly maxItems: number };
  readonly timeouts: LaneTimeouts;
  readonly events: TensorModelEvents;
}

export interface InferCall extends InferTask {
  readonly timeoutMs: number;
  /** Fires when the client is gone: what waits is dropped, what runs is ignored. */
  readonly signal?: AbortSignal;
}

/** Tensors that may wait: a count alone would let large ones fill the memory. */
const MAX_QUEUE_BYTES = 64 * 1024 * 1024;
/** Requests per second of a lane before one was measured. */
const FIRST_GUESS = 20;

/**
 * One version of a model that is any graph: its waiting requests, first come first served, and the
 * lanes that run them one at a time.
 */
export class TensorModel {
  readonly model: ModelVersion;
  readonly #options: TensorModelOptions;
  readonly #lanes: LaneGroup;
  /** Requests are the unit, in the place of tokens. */
  readonly #rate = new DrainRate(FIRST_GUESS);
  readonly #admission = new Admission({
    now: () => performance.now(),
    perSecond: () => this.#rate.perSecond(this.lanes.ready),
    perLane: () => this.#rate.perSecond(1),
  });
  #running = 0;
  #waiting: TensorJob[] = [];
  #bytes = 0;
  #stopping = false;
  #graph: ModelInterface | undefined;

  constructor(options: TensorModelOptions) {
    this.model = options.model;
    this.#options = options;
    this.#lanes = new LaneGroup(options, {
      onReady: (report) => {
        this.#graph = report.graph;
        options.events.onReady(report);
        this.#feed();
      },
      onDeath: options.events.onLaneDeath,
      onBroken: (error) => this.#failAll(error),
    });
  }

  start(): void {
    this.#lanes.start();
  }

  get state(): ModelState {
    return this.#lanes.state;
  }

  get lanes(): LaneGroup['counts'] {
    return this.#lanes.counts;
  }

  get pids(): readonly number[] {
    return this.#lanes.pids;
  }

  get queue(): { depth: number; limit: number } {
    return { depth: this.#waiting.length, limit: this.#options.limits.maxItems };
  }

  /** Inputs and outputs; throws an InferenceError before the first lane is ready. */
  get graph(): ModelInterface {
    if (this.#graph === undefined) this.#assertServing();
    return this.#graph ?? { inputs: [], outputs: [] };
  }

  /** Runs the graph on tensors that were checked against it, or throws an InferenceError. */
  async infer({ inputs, outputs, timeoutMs, signal }: InferCall): Promise<InferResult> {
    this.#assertServing();
    const job = new TensorJob({ inputs, outputs });
    this.#add(job, timeoutMs);
    const giveUp = (error: InferenceError): void => {
      job.fail(error);
      this.#drop(job);
    };
    const onAbort = (): void =>
      giveUp(new InferenceError('client_gone', { message: 'the client closed the connection' }));
    const timer = setTimeout(() => {
      const message = `no answer within ${timeoutMs} ms`;
      const retryAfterSeconds = this.#admission.secondsFor(this.#waiting.length + this.#running);
      giveUp(new InferenceError('deadline_exceeded', { message, retryAfterSeconds }));
    }, timeoutMs);
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#feed();
    try {
      return await job.result;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Tells whatever still waits to retry elsewhere; what a lane works on is answered. */
  shed(): void {
    this.#stopping = true;
    this.#failAll(stopping());
  }

  /** Ends all lanes after their runs in flight. */
  async stop(): Promise<void> {
    this.shed();
    await this.#lanes.stop();
  }

  #assertServing(): void {
    if (this.#stopping) throw stopping();
    this.#lanes.assertReady();
  }

  #add(job: TensorJob, patienceMs: number): void {
    const { depth, limit } = this.queue;
    const full = depth >= limit || this.#bytes + job.bytes > MAX_QUEUE_BYTES;
    const retryAfterSeconds = this.#admission.refuse({
      cost: 1,
      patienceMs,
      ahead: depth + this.#running,
      overflow: full ? 1 : 0,
      mark: () => job.mark,
    });
    if (retryAfterSeconds !== undefined) {
      throw new InferenceError('queue_full', { message: 'the queue is full', retryAfterSeconds });
    }
    this.#waiting.push(job);
    this.#bytes += job.bytes;
  }

  #drop(job: TensorJob): void {
    const at = this.#waiting.indexOf(job);
    if (at === -1) return;
    this.#waiting.splice(at, 1);
    this.#bytes -= job.bytes;
  }

  #failAll(error: InferenceError): void {
    for (const job of this.#waiting) job.fail(error);
    this.#waiting = [];
    this.#bytes = 0;
  }

  #feed(): void {
    for (const lane of this.#lanes.idle()) {
      const job = this.#waiting.shift();
      if (job === undefined) return;
      this.#bytes -= job.bytes;
      this.#dispatch(lane, job);
    }
  }

  #dispatch(lane: Lane, job: TensorJob): void {
    job.markDispatched();
    this.#options.events.onDispatch(1);
    this.#running += 1;
    const end = this.#rate.begin(1);
    lane.infer(job.task).then(
      (answer) => {
        end(true);
        this.#running -= 1;
        job.accept(answer);
        this.#feed();
      },
      (cause: unknown) => {
        end(false);
        this.#running -= 1;
        job.fail(toInferenceError(cause));
        this.#feed();
      },
    );
  }
}

function stopping(): InferenceError {
  return new InferenceError('shutting_down', { message: 'stopping', retryAfterSeconds: 1 });
}
