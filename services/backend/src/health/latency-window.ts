const SLOT_SECONDS = 10;
const SLOTS = 30;
/** Each bucket is 5 % wider than the one before, from 0.1 ms on: that is the error of a quantile. */
const GROWTH = 1.05;
const FIRST_MS = 0.1;
const BUCKETS = 320;

interface Slot {
  readonly index: number;
  readonly counts: Uint32Array;
  total: number;
  errors: number;
}

export interface WindowFigures {
  readonly windowSeconds: number;
  readonly count: number;
  readonly errorRatio: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

/** Latency and errors of the last five minutes in fixed memory. */
export class LatencyWindow {
  #slots: Slot[] = [];

  note(ms: number, isError: boolean, nowMs: number = performance.now()): void {
    const slot = this.#slotAt(nowMs);
    const bucket = Math.ceil(Math.log(Math.max(ms, FIRST_MS) / FIRST_MS) / Math.log(GROWTH));
    const at = Math.min(BUCKETS - 1, bucket);
    slot.counts[at] = (slot.counts[at] ?? 0) + 1;
    slot.total += 1;
    if (isError) slot.errors += 1;
  }

  figures(nowMs: number = performance.now()): WindowFigures {
    this.#slotAt(nowMs);
    const counts = new Float64Array(BUCKETS);
    let count = 0;
    let errors = 0;
    for (const slot of this.#slots) {
      slot.counts.forEach((value, at) => {
        counts[at] = (counts[at] ?? 0) + value;
      });
      count += slot.total;
      errors += slot.errors;
    }
    return {
      windowSeconds: SLOT_SECONDS * SLOTS,
      count,
      errorRatio: count === 0 ? null : errors / count,
      p50Ms: quantile(counts, count, 0.5),
      p95Ms: quantile(counts, count, 0.95),
      p99Ms: quantile(counts, count, 0.99),
    };
  }

  #slotAt(nowMs: number): Slot {
    const index = Math.floor(nowMs / 1_000 / SLOT_SECONDS);
    const last = this.#slots.at(-1);
    if (last?.index === index) return last;
    const fresh: Slot = { index, counts: new Uint32Array(BUCKETS), total: 0, errors: 0 };
    this.#slots = [...this.#slots.filter((slot) => slot.index > index - SLOTS), fresh];
    return fresh;
  }
}

function quantile(counts: Float64Array, total: number, q: number): number | null {
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(q * total));
  let seen = 0;
  for (const [at, count] of counts.entries()) {
    seen += count;
    if (seen >= rank) return Math.round(FIRST_MS * GROWTH ** at * 100) / 100;
  }
  return null;
}
