import { ReturnCalendar } from './return-calendar.ts';

/** Share of a client's patience that a wait may be planned for: the pace is an estimate. */
const CERTAINTY = 0.5;
/** Of a client that came back when it was told to: it was promised this moment. */
const PROMISED_CERTAINTY = 0.75;
/** Share of the pace that is promised to those who return. */
const PROMISED_SHARE = 0.85;
/** While no more than so much work waits, seats are no reason to let a lane run dry. */
const RUN_DRY_MS = 150;

export interface Pace {
  /** Milliseconds on any clock. */
  readonly now: () => number;
  /** Units of work that all lanes get done in a second. */
  readonly perSecond: () => number;
  /** And one of them. */
  readonly perLane: () => number;
}

/** A request at the door; work is in the queue's units. */
export interface Arrival {
  readonly cost: number;
  readonly patienceMs: number;
  /** Work that is admitted and not done yet. */
  readonly ahead: number;
  /** Work that must go before the queue's fixed limits have room. */
  readonly overflow: number;
  /** What the request is recognised by when it returns. */
  readonly mark: () => string;
}

/**
 * Decides who may wait. Admitted is only what will be done within its client's patience at the measured
 * pace: work that would be thrown away at its deadline is better refused now, with the time at which it
 * has a chance. That time is reserved: work promised to those who return goes before new arrivals.
 */
export class Admission {
  readonly #pace: Pace;
  readonly #calendar = new ReturnCalendar();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  /** Undefined: come in; or in how many seconds to come back. */
  refuse(arrival: Arrival): number | undefined {
    const { ahead, overflow, cost, patienceMs } = arrival;
    const nowSeconds = this.#pace.now() / 1_000;
    const mark = this.#calendar.empty ? '' : arrival.mark();
    const promised = mark !== '' && this.#calendar.claim(mark, nowSeconds);
    const certainty = promised ? PROMISED_CERTAINTY : CERTAINTY;
    // A lone job is always tried: nobody knows better than the lane how long it takes.
    const late = ahead === 0 ? 0 : ahead + cost - this.#within(patienceMs * certainty);
    const enters = overflow <= 0 && late <= 0;
    if (enters && (promised || this.#spares(arrival, mark))) {
      // It came before its time and found room.
      this.#calendar.free(mark);
      return undefined;
    }
    return this.retryAfter(arrival);
  }

  /** Reserves the first moment at which there is room for a request; in seconds from now. */
  retryAfter({ cost, patienceMs, ahead, overflow, mark }: Arrival): number {
    const nowSeconds = this.#pace.now() / 1_000;
    const pace = this.#pace.perSecond();
    const excess = Math.max(0, overflow, ahead + cost - this.#within(patienceMs * CERTAINTY));
    return this.#calendar.book({
      mark: mark(),
      cost,
      now: nowSeconds,
      from: nowSeconds + excess / pace,
      perSecond: pace * PROMISED_SHARE,
      together: this.#within(patienceMs * CERTAINTY),
    });
  }

  /** Seconds until so much work is done; for those who are told without being promised anything. */
  secondsFor(work: number): number {
    return Math.max(1, Math.ceil(work / this.#pace.perSecond()));
  }

  /** Whether a new arrival leaves the room that was promised to others. */
  #spares({ ahead, cost, patienceMs }: Arrival, mark: string): boolean {
    if (this.#calendar.empty || ahead <= this.#within(RUN_DRY_MS)) return true;
    const now = this.#pace.now() / 1_000;
    const due = this.#calendar.due(mark, now, now + (patienceMs * CERTAINTY) / 1_000);
    return ahead + cost + due <= this.#within(patienceMs * CERTAINTY);
  }

  /** Work that is done within so many milliseconds. */
  #within(ms: number): number {
    return (ms / 1_000) * this.#pace.perSecond();
  }
}
