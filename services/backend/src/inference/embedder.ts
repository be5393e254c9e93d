import { hash } from 'node:crypto';
import type { CacheParts } from '../cache/cached-embedding.ts';
import { CachedEmbedding } from '../cache/cached-embedding.ts';
import { DrainRate } from './drain-rate.ts';
import type { EmbedResult, JobSlice } from './embed-job.ts';
import { EmbedJob } from './embed-job.ts';
import { InferenceError, toInferenceError } from './inference-error.ts';
import type { QueueLimits } from './job-queue.ts';
import { costOf, JobQueue } from './job-queue.ts';
import type { Lane, LaneTimeouts } from './lane.ts';
import type { LaneHost } from './lane-host.ts';
import type { ModelState } from './lane-group.ts';
import { LaneGroup } from './lane-group.ts';
import type { EmbedAnswer, EmbedItem, LaneReport } from './lane-protocol.ts';
import type { EmbeddingVersion } from './model-repository.ts';

/** What the rest of the service is told as it happens; metrics and logs listen. */
interface EmbedderEvents {
  readonly onReady: (report: LaneReport) => void;
  readonly onLaneDeath: (reason: string) => void;
  readonly onDispatch: (items: number) => void;
}

export interface EmbedderOptions {
  readonly model: EmbeddingVersion;
  readonly host: LaneHost;
  readonly lanes: number;
  readonly limits: QueueLimits;
  readonly timeouts: LaneTimeouts;
  readonly events: EmbedderEvents;
  /** The result cache that all models share; without it every text is run. */
  readonly cache?: CacheParts | undefined;
}

/** One request's items for the queue, and who may end it; the cache watches time and client itself. */
interface QueuedRequest {
  readonly items: readonly EmbedItem[];
  /** A queue that takes longer is no use. */
  readonly patienceMs: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface EmbedRequest extends Omit<QueuedRequest, 'patienceMs'> {
  readonly timeoutMs: number;
  /** Fires when the client is gone: what waits is dropped, what runs is ignored. */
  readonly signal?: AbortSignal;
}

/** One model version: its waiting requests and the lanes that work them off. */
export class Embedder {
  readonly model: EmbeddingVersion;
  readonly #options: EmbedderOptions;
  readonly #queue: JobQueue;
  readonly #rate = new DrainRate();
  readonly #lanes: LaneGroup;
  readonly #cached: CachedEmbedding | undefined;
  #stopping = false;

  constructor(options: EmbedderOptions) {
    this.model = options.model;
    this.#options = options;
    this.#cached = options.cache === undefined ? undefined : this.#openCache(options.cache);
    this.#queue = new JobQueue(options.limits, {
      now: () => performance.now(),
      perSecond: () => this.#rate.perSecond(this.lanes.ready),
      perLane: () => this.#rate.perSecond(1),
    });
    this.#lanes = new LaneGroup(options, {
      onReady: (report) => {
        options.events.onReady(report);
        this.#feed();
      },
      onDeath: options.events.onLaneDeath,
      onBroken: (error) => this.#queue.failAll(error),
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

  get queue(): { depth: number; limit: number } {
    return { depth: this.#queue.depth, limit: this.#queue.limit };
  }

  /** Process ids of the lanes, for measurements and the tests that kill them. */
  get pids(): readonly number[] {
    return this.#lanes.pids;
  }

  /** Embeds all items of one request, or throws an InferenceError. */
  async embed(request: EmbedRequest): Promise<EmbedResult> {
    this.#assertServing();
    // `await`: to return a promise out of an async function takes three turns of the queue, not one.
    return await (this.#cached === undefined
      ? this.#run({ ...request, patienceMs: request.timeoutMs })
      : this.#cached.embed({ ...request, retryAfterSeconds: () => this.#queue.drainSeconds }));
  }

  /** Queues the items and waits for the lanes; what is given up while it waits is never executed. */
  async #run({ items, patienceMs, timeoutMs, signal }: QueuedRequest): Promise<EmbedResult> {
    // A look into Redis lies behind: meanwhile the lanes may have gone.
    this.#assertServing();
    const job = new EmbedJob(items, this.model.config.maxTokens);
    this.#queue.add(job, patienceMs);
    const giveUp = (error: InferenceError): void => {
      job.fail(error);
      this.#queue.drop(job);
    };
    const onAbort = (): void =>
      giveUp(new InferenceError('client_gone', { message: 'the client closed the connection' }));
    const onTimeout = (): void => {
      const message = `no vectors within ${timeoutMs ?? 0} ms`;
      const retryAfterSeconds = this.#queue.drainSeconds;
      giveUp(new InferenceError('deadline_exceeded', { message, retryAfterSeconds }));
    };
    if (signal?.aborted === true) onAbort();
    // Lanes first: what watches over the request is made while they work.
    this.#feed();
    const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await job.result;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #openCache(parts: CacheParts): CachedEmbedding {
    const { name, version, config } = this.model;
    return new CachedEmbedding({
      ...parts,
      // The whole configuration: other token limits or another tokenizer give other vectors too.
      scope: hash('sha256', JSON.stringify([name, version, config]), 'base64url'),
      dims: config.dims,
      compute: (items, flight) => this.#run({ items, ...flight }),
    });
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
    await this.#lanes.stop();
  }

  #assertServing(): void {
    if (this.#stopping) {
      throw new InferenceError('shutting_down', { message: 'stopping', retryAfterSeconds: 1 });
    }
    this.#lanes.assertReady();
  }

  #feed(): void {
    if (this.#queue.depth === 0) return;
    this.#queue.shedLate();
    for (const lane of this.#lanes.idle()) {
      const slices = this.#queue.take();
      if (slices.length === 0) return;
      this.#dispatch(lane, slices);
    }
  }

  #dispatch(lane: Lane, slices: readonly JobSlice[]): void {
    for (const { job } of slices) job.markDispatched();
    const items = slices.flatMap((slice) => slice.items);
    // In the unit that the queue counts in, with the way there and back: it is what waiting takes.
    const end = this.#rate.begin(costOf(slices));
    const answered = lane.dispatch(items);
    this.#options.events.onDispatch(items.length);
    answered.then(
      (answer) => {
        end(true);
        this.#queue.finished(slices);
        this.#share(slices, answer);
        this.#feed();
      },
      (cause: unknown) => {
        end(false);
        this.#queue.finished(slices);
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
  }
}
