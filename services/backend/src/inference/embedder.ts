import { DrainRate } from './drain-rate.ts';
import type { EmbedResult, JobSlice } from './embed-job.ts';
import { EmbedJob } from './embed-job.ts';
import { InferenceError } from './inference-error.ts';
import type { QueueLimits } from './job-queue.ts';
import { JobQueue } from './job-queue.ts';
import type { Lane, LaneTimeouts } from './lane.ts';
import type { LaneHost } from './lane-host.ts';
import type { EmbedAnswer, EmbedItem, LoadPhase, PhaseDuration } from './lane-protocol.ts';
import { LaneSlot } from './lane-slot.ts';
import type { ModelVersion } from './model-repository.ts';

/** What the rest of the service is told as it happens; metrics and logs listen. */
interface EmbedderEvents {
  readonly onReady: (phases: readonly PhaseDuration[], warnings: readonly string[]) => void;
  readonly onLaneDeath: (reason: string) => void;
  readonly onDispatch: (items: number) => void;
}

export interface EmbedderOptions {
  readonly model: ModelVersion;
  readonly host: LaneHost;
  readonly lanes: number;
  readonly limits: QueueLimits;
  readonly timeouts: LaneTimeouts;
  readonly events: EmbedderEvents;
}

export interface EmbedRequest {
  readonly items: readonly EmbedItem[];
  readonly timeoutMs: number;
  /** Fires when the client is gone: what waits is dropped, what runs is ignored. */
  readonly signal?: AbortSignal;
}

export interface EmbedderState {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly reason?: string;
  readonly phase?: LoadPhase;
}

const STOP_GRACE_MS = 3_000;

/** One model version: its waiting requests and the lanes that work them off. */
export class Embedder {
  readonly model: ModelVersion;
  readonly #options: EmbedderOptions;
  readonly #queue: JobQueue;
  readonly #rate = new DrainRate();
  readonly #slots: LaneSlot[];
  #phase: LoadPhase | undefined;
  #lastDeath: string | undefined;
  #broken = false;
  #stopping = false;

  constructor(options: EmbedderOptions) {
    this.model = options.model;
    this.#options = options;
    this.#queue = new JobQueue(options.limits, () => this.#rate.tokensPerSecond);
    const lane = {
      host: options.host,
      modelDir: options.model.dir,
      config: options.model.config,
      timeouts: options.timeouts,
    };
    this.#slots = Array.from({ length: options.lanes }, () => {
      return new LaneSlot(lane, {
        onPhase: (phase) => (this.#phase = phase),
        onReady: (phases, warnings) => this.#onReady(phases, warnings),
        onDeath: (reason, broken) => this.#onDeath(reason, broken),
      });
    });
  }

  start(): void {
    for (const slot of this.#slots) slot.start();
  }

  get state(): EmbedderState {
    if (this.lanes.ready > 0) return { state: 'ready' };
    const phase = this.#phase === undefined ? {} : { phase: this.#phase };
    if (this.#lastDeath === undefined) return { state: 'loading', ...phase };
    return this.#broken
      ? { state: 'failed', reason: `the lane cannot serve: ${this.#lastDeath}`, ...phase }
      : { state: 'loading', reason: `the lane restarts: ${this.#lastDeath}`, ...phase };
  }

  get lanes(): { total: number; ready: number; restarts: number } {
    return {
      total: this.#slots.length,
      ready: this.#slots.filter((slot) => slot.ready !== undefined).length,
      restarts: this.#slots.reduce((sum, slot) => sum + slot.restarts, 0),
    };
  }

  get queue(): { depth: number; limit: number } {
    return { depth: this.#queue.depth, limit: this.#queue.limit };
  }

  /** Process ids of the lanes, for measurements and the tests that kill them. */
  get pids(): readonly number[] {
    return this.#slots.flatMap((slot) => slot.pid ?? []);
  }

  /** Embeds all items of one request, or throws an InferenceError. */
  async embed(request: EmbedRequest): Promise<EmbedResult> {
    this.#assertServing();
    const job = new EmbedJob(request.items, this.model.config.maxTokens);
    this.#queue.add(job);
    const giveUp = (error: InferenceError): void => {
      job.fail(error);
      this.#queue.drop(job);
    };
    const onAbort = (): void =>
      giveUp(new InferenceError('client_gone', { message: 'the client closed the connection' }));
    const timer = setTimeout(() => {
      const message = `no vectors within ${request.timeoutMs} ms`;
      giveUp(new InferenceError('deadline_exceeded', { message, retryAfterSeconds: 1 }));
    }, request.timeoutMs);
    request.signal?.addEventListener('abort', onAbort, { once: true });
    this.#feed();
    try {
      return await job.result;
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Tells whatever still waits to retry elsewhere; what a lane works on is answered. */
  shed(): void {
    this.#stopping = true;
    this.#queue.failAll(
      new InferenceError('shutting_down', { message: 'stopping', retryAfterSeconds: 1 }),
    );
  }

  /** Ends all lanes after their runs in flight. */
  async stop(): Promise<void> {
    this.shed();
    await Promise.all(this.#slots.map((slot) => slot.stop(STOP_GRACE_MS)));
  }

  #assertServing(): void {
    if (this.#stopping) {
      throw new InferenceError('shutting_down', { message: 'stopping', retryAfterSeconds: 1 });
    }
    if (this.lanes.ready === 0) throw this.#notReady(this.#broken ? 10 : 1);
  }

  #feed(): void {
    for (const slot of this.#slots) {
      const lane = slot.ready;
      if (lane?.idle !== true) continue;
      const slices = this.#queue.take();
      if (slices.length === 0) return;
      this.#run(lane, slices);
    }
  }

  #run(lane: Lane, slices: readonly JobSlice[]): void {
    for (const { job } of slices) job.markDispatched();
    const items = slices.flatMap((slice) => slice.items);
    this.#options.events.onDispatch(items.length);
    lane.dispatch(items).then(
      (answer) => {
        this.#share(slices, answer);
        this.#feed();
      },
      (cause: unknown) => {
        const error = toInferenceError(cause);
        for (const { job } of slices) {
          job.fail(error);
          this.#queue.drop(job);
        }
        this.#feed();
      },
    );
  }

  #share(slices: readonly JobSlice[], answer: EmbedAnswer): void {
    let row = 0;
    for (const slice of slices) {
      slice.job.accept(slice, answer, row);
      // A refused input settles its job: the rest of it must not be executed.
      if (slice.job.settled) this.#queue.drop(slice.job);
      row += slice.items.length;
    }
    const tokens = answer.tokens.reduce((sum, count) => sum + count, 0);
    this.#rate.note(tokens, answer.tokenizeMs + answer.inferMs, this.lanes.ready);
  }

  #onReady(phases: readonly PhaseDuration[], warnings: readonly string[]): void {
    this.#lastDeath = undefined;
    this.#broken = false;
    this.#options.events.onReady(phases, warnings);
    this.#feed();
  }

  #onDeath(reason: string, broken: boolean): void {
    this.#options.events.onLaneDeath(reason);
    if (this.lanes.ready > 0) return;
    this.#lastDeath = reason;
    this.#broken = broken;
    // Nobody can say when a broken model comes back, so waiting requests are told now.
    if (broken) this.#queue.failAll(this.#notReady(10));
  }

  #notReady(retryAfterSeconds: number): InferenceError {
    const { state, reason } = this.state;
    const message = reason ?? (state === 'loading' ? 'the model is loading' : 'no lane is ready');
    return new InferenceError('model_not_ready', { message, retryAfterSeconds });
  }
}

function toInferenceError(cause: unknown): InferenceError {
  if (cause instanceof InferenceError) return cause;
  return new InferenceError('inference_failed', { message: 'the run failed', cause });
}
