import { InferenceError } from './inference-error.ts';
import type { LaneHost, LaneProcess } from './lane-host.ts';
import type {
  EmbedAnswer,
  EmbedItem,
  FromLane,
  InferAnswer,
  InferTask,
  LaneReport,
  LoadPhase,
  ToLane,
} from './lane-protocol.ts';
import type { ModelConfig } from './model-config.ts';

export interface LaneTimeouts {
  /** A lane that needs longer to load is killed. */
  readonly loadMs: number;
  /** A lane that needs longer for one dispatch hangs and is killed. */
  readonly dispatchMs: number;
}

export interface LaneEvents {
  readonly onPhase: (phase: LoadPhase) => void;
  readonly onReady: (report: LaneReport) => void;
  /** `served`: it had been ready before, so what ended it was not the model's files. */
  readonly onExit: (reason: string, served: boolean) => void;
}

export interface LaneOptions {
  readonly host: LaneHost;
  readonly modelDir: string;
  readonly config: ModelConfig;
  readonly timeouts: LaneTimeouts;
  readonly events: LaneEvents;
}

interface Pending {
  readonly id: number;
  readonly resolve: (answer: EmbedAnswer | InferAnswer) => void;
  readonly reject: (error: InferenceError) => void;
}

/** One life of one lane process: loads, runs one dispatch at a time, ends. Never restarts. */
export class Lane {
  readonly #process: LaneProcess;
  readonly #options: LaneOptions;
  #state: 'loading' | 'idle' | 'busy' | 'gone' = 'loading';
  #pending: Pending | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #lastId = 0;
  /** Our own reason for a kill, which says more than "SIGKILL". */
  #verdict: string | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#process = options.host.start();
    this.#process.onMessage((message) => this.#onMessage(message));
    this.#process.onExit((reason) => this.#onExit(reason));
    this.#watch(options.timeouts.loadMs, 'loading the model took too long');
    this.#process.send({ type: 'load', modelDir: options.modelDir, config: options.config });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get idle(): boolean {
    return this.#state === 'idle';
  }

  get ready(): boolean {
    return this.#state === 'idle' || this.#state === 'busy';
  }

  /** Embeds one dispatch; rejects with `lane_died` when the process ends before it answers. */
  dispatch(items: readonly EmbedItem[]): Promise<EmbedAnswer> {
    return this.#ask<EmbedAnswer>((id) => ({ type: 'embed', id, items }));
  }

  /** Runs the graph once; rejects as `dispatch` does. */
  infer(task: InferTask): Promise<InferAnswer> {
    return this.#ask<InferAnswer>((id) => ({ type: 'infer', id, ...task }));
  }

  kill(reason: string): void {
    this.#verdict ??= reason;
    this.#process.kill();
  }

  /** Lets the lane end after the run in flight. */
  release(): void {
    this.#process.release();
  }

  /** A lane answers a question with the message that belongs to it, so the type follows from it. */
  #ask<Answer extends EmbedAnswer | InferAnswer>(message: (id: number) => ToLane): Promise<Answer> {
    this.#state = 'busy';
    const id = (this.#lastId += 1);
    return new Promise((resolve, reject) => {
      this.#pending = { id, resolve: (answer) => resolve(answer as Answer), reject };
      this.#process.send(message(id));
      // The lane is on its way: what only watches over it comes behind.
      this.#watch(this.#options.timeouts.dispatchMs, 'the lane hung');
    });
  }

  #watch(ms: number, reason: string): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.kill(reason), ms);
    this.#watchdog.unref();
  }

  #onMessage(message: FromLane): void {
    switch (message.type) {
      case 'phase':
        this.#options.events.onPhase(message.phase);
        return;
      case 'ready':
        clearTimeout(this.#watchdog);
        this.#state = 'idle';
        this.#options.events.onReady(message);
        return;
      case 'failed':
        this.kill(message.reason);
        return;
      case 'embedded':
      case 'inferred':
        this.#settle(message.id, (pending) => pending.resolve(message));
        return;
      case 'run-failed':
        this.#settle(message.id, (pending) =>
          pending.reject(
            new InferenceError('inference_failed', {
              message: `the run failed: ${message.reason}`,
            }),
          ),
        );
        return;
    }
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending;
    if (pending?.id !== id) return;
    clearTimeout(this.#watchdog);
    this.#pending = undefined;
    this.#state = 'idle';
    how(pending);
  }

  #onExit(reason: string): void {
    clearTimeout(this.#watchdog);
    const served = this.ready;
    this.#state = 'gone';
    const why = this.#verdict ?? reason;
    this.#pending?.reject(
      new InferenceError('lane_died', {
        message: `the inference lane ended while it worked on this request (${why})`,
        retryAfterSeconds: 1,
      }),
    );
    this.#pending = undefined;
    this.#options.events.onExit(why, served);
  }
}
