import type { EmbedJob, JobSlice } from './embed-job.ts';
import { InferenceError } from './inference-error.ts';

export interface QueueLimits {
  /** Estimated tokens that may wait. */
  readonly maxTokens: number;
  /** Texts that may wait. */
  readonly maxItems: number;
}

/** One dispatch to a lane: long enough to amortise the message, short enough to stop quickly. */
const DISPATCH_LIMITS: QueueLimits = { maxTokens: 512, maxItems: 64 };

/** Share of a client's patience that a wait may be planned for: the pace is an estimate. */
const CERTAINTY = 0.5;
const PROMISES_HOLD_MS = 5_000;
const MIN_RETRY_SECONDS = 1;
const MAX_RETRY_SECONDS = 60;

/** Estimated tokens of what one dispatch carries: the unit in which the queue counts. */
export function costOf(slices: readonly JobSlice[]): number {
  let cost = 0;
  for (const { job, from, items } of slices) {
    for (let at = from; at < from + items.length; at += 1) cost += job.costs[at] ?? 0;
  }
  return cost;
}

/** Moves a job's next items into a dispatch as far as there is room; says how much that was. */
function fill(job: EmbedJob, used: Used, limits: QueueLimits): Used {
  if (used.items > 0 && staysWhole(job, used, limits)) return { tokens: 0, items: 0 };
  let { tokens, items } = used;
  while (job.next < job.items.length && items < limits.maxItems) {
    const cost = job.costs[job.next] ?? 0;
    if (items > 0 && tokens + cost > limits.maxTokens) break;
    tokens += cost;
    items += 1;
    job.next += 1;
  }
  return { tokens: tokens - used.tokens, items: items - used.items };
}

/**
 * A job that fits into a dispatch of its own is not split between this one and a later one: its rest
 * would go to the end of the line and wait a second time.
 */
function staysWhole(job: EmbedJob, used: Used, limits: QueueLimits): boolean {
  const cost = job.waitingCost;
  const count = job.items.length - job.next;
  if (cost > limits.maxTokens || count > limits.maxItems) return false;
  return used.tokens + cost > limits.maxTokens || used.items + count > limits.maxItems;
}

/** What a dispatch carries so far. */
interface Used {
  readonly tokens: number;
  readonly items: number;
}

/**
 * Waiting jobs, bounded in tokens and texts. A job that does not fit into one dispatch goes back to
 * the end of the line, so that one big request delays a small one by one dispatch only.
 */
export class JobQueue {
  readonly #limits: QueueLimits;
  readonly #tokensPerSecond: () => number;
  #jobs: EmbedJob[] = [];
  #tokens = 0;
  /** Given out to lanes and not answered yet. */
  #running = 0;
  /** When the last refused client was told to come back, as performance.now(). */
  #promisedAt = Number.NEGATIVE_INFINITY;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #items = 0;

  constructor(limits: QueueLimits, tokensPerSecond: () => number) {
    this.#limits = limits;
    this.#tokensPerSecond = tokensPerSecond;
  }

  /** Texts that wait. */
  get depth(): number {
    return this.#items;
  }

  get limit(): number {
    return this.#limits.maxItems;
  }

  /**
   * Admits a job or throws `queue_full` (retry later) or `input_too_large` (never fits). Full is also
   * a queue that takes longer than `patienceMs` at the measured pace: work that would be thrown away
   * at its deadline is better refused now, with the time when it has a chance.
   */
  add(job: EmbedJob, patienceMs = Number.POSITIVE_INFINITY): void {
    const cost = job.waitingCost;
    if (cost > this.#limits.maxTokens || job.items.length > this.#limits.maxItems) {
      throw new InferenceError('input_too_large', {
        message: `the request is larger than the whole queue (${this.#limits.maxTokens} tokens, ${this.#limits.maxItems} texts): split it`,
      });
    }
    const excess = this.#excess(job, cost, patienceMs);
    if (excess !== undefined) {
      throw new InferenceError('queue_full', {
        message: 'the queue is full',
        retryAfterSeconds: this.#promise(cost, excess),
      });
    }
    this.#jobs.push(job);
    this.#tokens += cost;
    this.#items += job.items.length;
  }

  /** The lane has answered for these slices, or is gone. */
  finished(slices: readonly JobSlice[]): void {
    this.#running -= costOf(slices);
  }

  get #msPerToken(): number {
    return 1_000 / Math.max(1, this.#tokensPerSecond());
  }

  /** Tokens that must go before this job has room; undefined when it has. */
  #excess(job: EmbedJob, cost: number, patienceMs: number): number | undefined {
    const ahead = this.#tokens + this.#running;
    const overflow = this.#tokens + cost - this.#limits.maxTokens;
    // A lone job is always tried: nobody knows better than the lane how long it takes.
    const inTime = (patienceMs * CERTAINTY) / this.#msPerToken;
    const late = ahead === 0 ? 0 : ahead + cost - inTime;
    const tooMany = this.#items + job.items.length > this.#limits.maxItems;
    if (overflow <= 0 && late <= 0 && !tooMany) return undefined;
    return Math.max(0, overflow, late);
  }

  /** Removes a settled job's waiting items, so that they are never executed. */
  drop(job: EmbedJob): void {
    const at = this.#jobs.indexOf(job);
    if (at === -1) return;
    this.#jobs.splice(at, 1);
    this.#tokens -= job.waitingCost;
    this.#items -= job.items.length - job.next;
    job.next = job.items.length;
  }

  /** The slices of the next dispatch, oldest first; empty when nothing waits. */
  take(limits: QueueLimits = DISPATCH_LIMITS): JobSlice[] {
    const slices: JobSlice[] = [];
    let tokens = 0;
    let items = 0;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      const from = job.next;
      const taken = fill(job, { tokens, items }, limits);
      tokens += taken.tokens;
      items += taken.items;
      if (taken.items > 0) slices.push({ job, from, items: job.items.slice(from, job.next) });
      if (job.next < job.items.length) {
        this.#putBack(job, from);
        break;
      }
    }
    this.#tokens -= tokens;
    this.#running += tokens;
    this.#items -= items;
    return slices;
  }

  /** Fails everything that waits. */
  failAll(error: InferenceError): void {
    for (const job of this.#jobs) job.fail(error);
    this.#jobs = [];
    this.#tokens = 0;
    this.#items = 0;
  }

  /**
   * Seconds until there is room for a refused job at the measured pace. Those refused before it were
   * promised the room that comes first: told one moment, they would all return at once in vain.
   */
  #promise(cost: number, excess: number): number {
    const now = performance.now();
    const msPerToken = this.#msPerToken;
    // Nobody was refused for a while: whoever was promised a moment has had it.
    if (now - this.#refusedAt > PROMISES_HOLD_MS) this.#promisedAt = Number.NEGATIVE_INFINITY;
    this.#refusedAt = now;
    const roomAt = now + excess * msPerToken;
    const latest = now + MAX_RETRY_SECONDS * 1_000;
    this.#promisedAt = Math.min(latest, Math.max(roomAt, this.#promisedAt + cost * msPerToken));
    // Whole seconds upwards, less the rounding error of the sums.
    return Math.max(MIN_RETRY_SECONDS, Math.ceil((this.#promisedAt - now - 1) / 1_000));
  }

  /** A job that got its turn goes to the end; one that did not fit at all keeps the front. */
  #putBack(job: EmbedJob, from: number): void {
    if (job.next > from) this.#jobs.push(job);
    else this.#jobs.unshift(job);
  }
}
