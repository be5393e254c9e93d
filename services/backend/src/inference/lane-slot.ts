import type { LaneEvents, LaneOptions } from './lane.ts';
import { Lane } from './lane.ts';
import type { LaneReport, LoadPhase } from './lane-protocol.ts';
import { decideRestart } from './restart-policy.ts';

export interface SlotEvents {
  readonly onPhase: (phase: LoadPhase) => void;
  readonly onReady: (report: LaneReport) => void;
  /** `broken`: it died while loading, or keeps dying. */
  readonly onDeath: (reason: string, broken: boolean) => void;
}

/** Keeps one lane alive: starts it again with a growing delay after each death. */
export class LaneSlot {
  readonly #options: Omit<LaneOptions, 'events'>;
  readonly #events: SlotEvents;
  #lane: Lane | undefined;
  #deathsAt: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;
  #gone: () => void = () => undefined;
  restarts = 0;

  constructor(options: Omit<LaneOptions, 'events'>, events: SlotEvents) {
    this.#options = options;
    this.#events = events;
  }

  /** The lane when it is ready for work, busy or not. */
  get ready(): Lane | undefined {
    return this.#lane?.ready === true ? this.#lane : undefined;
  }

  get pid(): number | undefined {
    return this.#lane?.pid;
  }

  start(): void {
    const events: LaneEvents = {
      onPhase: this.#events.onPhase,
      onReady: this.#events.onReady,
      onExit: (reason, served) => this.#onExit(reason, served),
    };
    this.#lane = new Lane({ ...this.#options, events });
  }

  /** Ends the lane after its run in flight, by force after `graceMs`; resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const lane = this.#lane;
    if (lane === undefined) return;
    const gone = new Promise<void>((resolve) => {
      this.#gone = resolve;
    });
    lane.release();
    const timer = setTimeout(() => lane.kill('overdue at stop'), graceMs);
    await gone;
    clearTimeout(timer);
  }

  #onExit(reason: string, served: boolean): void {
    this.#lane = undefined;
    this.#gone();
    if (this.#stopping) return;
    const now = performance.now();
    this.#deathsAt = [...this.#deathsAt.slice(-9), now];
    const { delayMs, crashLoop } = decideRestart(this.#deathsAt, now);
    this.restarts += 1;
    this.#events.onDeath(reason, crashLoop || !served);
    this.#timer = setTimeout(() => this.start(), delayMs);
  }
}
