/** How far ahead a return can be promised. */
export const MAX_RETRY_SECONDS = 300;
const SLOTS_PER_SECOND = 10;
/** The search begins so far before the last seat: room appears when the pace or the trust changes. */
const LOOK_BACK_SECONDS = 2;
/** A client on its way is waited for so long after its moment. */
const GRACE_SLOTS = 2 * SLOTS_PER_SECOND;
const SIZE = (MAX_RETRY_SECONDS + 4) * SLOTS_PER_SECOND;
/** Weight of one kept or broken appointment in the share of clients that are expected to return. */
const TRUST_STEP = 0.005;
const LEAST_TRUST = 0.05;
/** More may return than did lately. */
const TRUST_MARGIN = 0.2;

interface Seat {
  readonly slot: number;
  readonly cost: number;
  /** Work larger than its slot's share is spread over the next ones. */
  readonly slots: number;
}

/** What a booking asks for; times are seconds on one clock. */
export interface Booking {
  /** Recognises the request when it comes back. */
  readonly mark: string;
  readonly cost: number;
  readonly now: number;
  /** First moment with a chance. */
  readonly from: number;
  /** Work that may be promised for one second. */
  readonly perSecond: number;
  /** All that may come together: so much waits without being late. */
  readonly together: number;
}

/**
 * When refused clients were told to come back. Each moment has room for as much work as can be done in
 * it, so that those who obey find it, instead of all returning at once in vain. A client is recognised
 * by its request. Seats that nobody takes lapse, and when few return, more are promised the same room.
 */
export class ReturnCalendar {
  readonly #seats = new Map<string, Seat>();
  /** Work promised and not yet taken, by tenth of a second, as a ring. */
  readonly #work = new Float64Array(SIZE);
  readonly #marks = new Map<number, Set<string>>();
  /** Every slot before it has been cleared. */
  #cleared = 0;
  /** The seat that each tenth of a second gave last: before it hardly anything is free. */
  readonly #given = new Float64Array(SLOTS_PER_SECOND);
  /** Share of the refused clients that do come back. */
  #trust = 1;

  /** Gives a seat; returns in how many whole seconds it is. A client keeps the seat that it has. */
  book(booking: Booking): number {
    const { mark, now, cost } = booking;
    const at = slotOf(now);
    this.#lapse(at);
    const seat = this.#seats.get(mark);
    if (seat !== undefined && seat.slot > at) {
      return Math.ceil((seat.slot - at) / SLOTS_PER_SECOND);
    }
    this.free(mark);
    const wait = this.#search(at, booking);
    // Nothing is left to be promised: the furthest moment, without a seat.
    if (wait === undefined) return MAX_RETRY_SECONDS;
    const slot = at + wait * SLOTS_PER_SECOND;
    this.#given[slot % SLOTS_PER_SECOND] = slot;
    const slots = Math.max(1, Math.ceil((cost * SLOTS_PER_SECOND) / booking.perSecond));
    const own: Seat = { slot, cost, slots: Math.min(slots, SIZE - GRACE_SLOTS) };
    this.#seats.set(mark, own);
    this.#occupy(own, 1);
    const marks = this.#marks.get(slot) ?? new Set();
    this.#marks.set(slot, marks.add(mark));
    return wait;
  }

  /** Whether this request was told to come about now; its seat is free then. */
  claim(mark: string, now: number): boolean {
    const at = slotOf(now);
    this.#lapse(at);
    const seat = this.#seats.get(mark);
    // A timer may fire a moment early.
    if (seat === undefined || seat.slot > at + 1) return false;
    this.free(mark);
    this.#learn(1);
    return true;
  }

  /** Work that others than `mark` are expected to come back with until `until`. */
  due(mark: string, now: number, until: number): number {
    const at = slotOf(now);
    this.#lapse(at);
    const end = Math.min(slotOf(until), at + MAX_RETRY_SECONDS * SLOTS_PER_SECOND);
    const own = this.#seats.get(mark);
    const all = this.#promised(this.#cleared, end);
    return own !== undefined && own.slot <= end ? Math.max(0, all - own.cost) : all;
  }

  get empty(): boolean {
    return this.#seats.size === 0;
  }

  /** The first whole number of seconds after which there is room. */
  #search(at: number, booking: Booking): number | undefined {
    const given = ((this.#given[at % SLOTS_PER_SECOND] ?? 0) - at) / SLOTS_PER_SECOND;
    const from = Math.max(1, Math.ceil(booking.from - booking.now), given - LOOK_BACK_SECONDS);
    for (let wait = from; wait < MAX_RETRY_SECONDS; wait += 1) {
      if (this.#hasRoom(at + wait * SLOTS_PER_SECOND, booking)) return wait;
    }
    return undefined;
  }

  /** Room in every second that the slot is part of, and in what can come together. */
  #hasRoom(slot: number, { cost, perSecond, together }: Booking): boolean {
    const fits = (slots: number, limit: number): boolean => {
      const before = this.#promised(slot - slots + 1, slot);
      const after = this.#promised(slot, slot + slots - 1);
      const most = Math.max(before, after);
      // What is larger than the limit begins in an empty stretch.
      return most < 1e-6 || most + cost <= limit;
    };
    const stretch = Math.ceil((together / perSecond) * SLOTS_PER_SECOND);
    if (stretch < SLOTS_PER_SECOND && !fits(Math.max(1, stretch), together)) return false;
    return fits(SLOTS_PER_SECOND, perSecond);
  }

  /** Work expected in these slots, both included. */
  #promised(first: number, last: number): number {
    let work = 0;
    for (let slot = Math.max(first, this.#cleared); slot <= last; slot += 1) {
      work += this.#work[slot % SIZE] ?? 0;
    }
    return work * Math.min(1, this.#trust + TRUST_MARGIN);
  }

  #occupy({ slot, cost, slots }: Seat, sign: 1 | -1): void {
    for (let next = slot; next < slot + slots; next += 1) {
      const at = next % SIZE;
      this.#work[at] = Math.max(0, (this.#work[at] ?? 0) + (sign * cost) / slots);
    }
  }

  /** Gives the seat of a request up, if it has one. */
  free(mark: string): void {
    const seat = this.#seats.get(mark);
    if (seat === undefined) return;
    this.#seats.delete(mark);
    this.#marks.get(seat.slot)?.delete(mark);
    this.#occupy(seat, -1);
  }

  #lapse(at: number): void {
    const end = at - GRACE_SLOTS;
    if (this.#seats.size === 0) {
      // Nothing is promised: what freeing left over by rounding goes, too.
      this.#marks.clear();
      this.#work.fill(0);
      this.#cleared = Math.max(this.#cleared, end);
      return;
    }
    for (; this.#cleared < end; this.#cleared += 1) {
      for (const mark of this.#marks.get(this.#cleared) ?? []) {
        this.#seats.delete(mark);
        this.#learn(0);
      }
      this.#marks.delete(this.#cleared);
      this.#work[this.#cleared % SIZE] = 0;
    }
  }

  #learn(returned: 0 | 1): void {
    this.#trust = Math.max(LEAST_TRUST, this.#trust + TRUST_STEP * (returned - this.#trust));
  }
}

function slotOf(seconds: number): number {
  return Math.floor(seconds * SLOTS_PER_SECOND);
}
