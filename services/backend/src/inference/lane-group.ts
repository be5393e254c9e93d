import { InferenceError } from './inference-error.ts';
import type { Lane, LaneTimeouts } from './lane.ts';
import type { LaneHost } from './lane-host.ts';
import type { LaneReport, LoadPhase } from './lane-protocol.ts';
import { LaneSlot } from './lane-slot.ts';
import type { ModelVersion } from './model-repository.ts';

export interface LaneGroupOptions {
  readonly model: ModelVersion;
  readonly host: LaneHost;
  readonly lanes: number;
  readonly timeouts: LaneTimeouts;
}

export interface LaneGroupEvents {
  readonly onReady: (report: LaneReport) => void;
  readonly onDeath: (reason: string) => void;
  /** No lane serves and nobody can say when one will: what waits must be told. */
  readonly onBroken: (error: InferenceError) => void;
}

/** How a model version is; `reason` says why it is not ready. */
export interface ModelState {
  readonly state: 'loading' | 'ready' | 'failed';
  readonly reason?: string;
  readonly phase?: LoadPhase;
}

const READY: ModelState = { state: 'ready' };
const STOP_GRACE_MS = 3_000;

/** The lanes of one model version, and what they say about it together. */
export class LaneGroup {
  readonly #events: LaneGroupEvents;
  readonly #slots: readonly LaneSlot[];
  #phase: LoadPhase | undefined;
  #lastDeath: string | undefined;
  #broken = false;

  constructor({ model, host, lanes, timeouts }: LaneGroupOptions, events: LaneGroupEvents) {
    this.#events = events;
    const lane = { host, modelDir: model.dir, config: model.config, timeouts };
    this.#slots = Array.from({ length: lanes }, () => {
      return new LaneSlot(lane, {
        onPhase: (phase) => (this.#phase = phase),
        onReady: (report) => this.#onReady(report),
        onDeath: (reason, broken) => this.#onDeath(reason, broken),
      });
    });
  }

  start(): void {
    for (const slot of this.#slots) slot.start();
  }

  get state(): ModelState {
    if (this.#serves) return READY;
    const phase = this.#phase === undefined ? {} : { phase: this.#phase };
    if (this.#lastDeath === undefined) return { state: 'loading', ...phase };
    return this.#broken
      ? { state: 'failed', reason: `the lane cannot serve: ${this.#lastDeath}`, ...phase }
      : { state: 'loading', reason: `the lane restarts: ${this.#lastDeath}`, ...phase };
  }

  get counts(): { total: number; ready: number; restarts: number } {
    return {
      total: this.#slots.length,
      ready: this.#slots.filter((slot) => slot.ready !== undefined).length,
      restarts: this.#slots.reduce((sum, slot) => sum + slot.restarts, 0),
    };
  }

  /** Process ids of the lanes, for measurements and the tests that kill them. */
  get pids(): readonly number[] {
    return this.#slots.flatMap((slot) => slot.pid ?? []);
  }

  /** The lanes that wait for work. */
  idle(): Lane[] {
    return this.#slots.flatMap(({ ready }) => (ready?.idle === true ? [ready] : []));
  }

  /** Throws while no lane serves. */
  assertReady(): void {
    if (!this.#serves) throw this.#notReady(this.#broken ? 10 : 1);
  }

  /** Every request asks: without counting them all. */
  get #serves(): boolean {
    return this.#slots.some(({ ready }) => ready !== undefined);
  }

  /** Ends all lanes after their runs in flight. */
  async stop(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.stop(STOP_GRACE_MS)));
  }

  #onReady(report: LaneReport): void {
    this.#lastDeath = undefined;
    this.#broken = false;
    this.#events.onReady(report);
  }

  #onDeath(reason: string, broken: boolean): void {
    const serving = this.#serves;
    if (!serving) {
      this.#lastDeath = reason;
      this.#broken = broken;
    }
    this.#events.onDeath(reason);
    if (broken && !serving) this.#events.onBroken(this.#notReady(10));
  }

  #notReady(retryAfterSeconds: number): InferenceError {
    const { state, reason } = this.state;
    const message = reason ?? (state === 'loading' ? 'the model is loading' : 'no lane is ready');
    return new InferenceError('model_not_ready', { message, retryAfterSeconds });
  }
}
