/** Resolution of every time limit towards upstreams. */
export const TICK_MS = 50;
/** A process that was frozen must not find every limit passed when it thaws. */
const MAX_TICKS_AT_ONCE = 20;

/** A deadline that never comes. */
export const NEVER = Infinity;

/** Something with deadlines, asked once per tick. */
export interface Sweepable {
  /** Ends what is overdue at this tick. */
  sweep(tick: number): void;
}

/**
 * One timer for all time limits of all connections. Setting a limit is one assignment of a tick;
 * a timer per request would cost more than the request's parsing.
 */
export class CoarseClock {
  tick = 0;
  readonly #members = new Set<Sweepable>();
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  /** The tick after which `ms` have certainly passed. */
  after(ms: number): number {
    return this.tick + Math.ceil(ms / TICK_MS) + 1;
  }

  /** Starts asking; a member that has nothing to watch leaves, so that an idle process sleeps. */
  join(member: Sweepable): void {
    this.#members.add(member);
    if (this.#timer !== undefined) return;
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#advance(), TICK_MS).unref();
  }

  leave(member: Sweepable): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #advance(): void {
    const now = performance.now();
    const passed = Math.floor((now - this.#lastMs) / TICK_MS);
    if (passed === 0) return;
    this.#lastMs = passed > MAX_TICKS_AT_ONCE ? now : this.#lastMs + passed * TICK_MS;
    this.tick += Math.min(passed, MAX_TICKS_AT_ONCE);
    for (const member of this.#members) member.sweep(this.tick);
  }
}

/** The clock of this process. */
export const coarseClock = new CoarseClock();
