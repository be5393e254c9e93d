import type { Arrival, Pace } from './admission.ts';
import { Admission } from './admission.ts';
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

/** No dispatch is planned to take longer, however slow the lane is: what runs cannot be refused. */
const DISPATCH_MS = 100;
const LEAST_DISPATCH_TOKENS = 64;

/** A run may take so many times longer than the pace says before its clients are given up. */
const RUN_SPREAD = 1.5;

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
  readonly #pace: Pace;
  readonly #admission: Admission;
  #jobs: EmbedJob[] = [];
  #tokens = 0;
  /** Given out to lanes and not answered yet. */
  #running = 0;
  #items = 0;

  constructor(limits: QueueLimits, pace: Pace) {
    this.#limits = limits;
    this.#pace = pace;
    this.#admission = new Admission(pace);
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
    const { cost } = job;
    if (cost > this.#limits.maxTokens || job.items.length > this.#limits.maxItems) {
      throw new InferenceError('input_too_large', {
        message: `the request is larger than the whole queue (${this.#limits.maxTokens} tokens, ${this.#limits.maxItems} texts): split it`,
      });
    }
    const retryAfterSeconds = this.#admission.refuse(this.#arrival(job, patienceMs));
    if (retryAfterSeconds !== undefined) {
      throw new InferenceError('queue_full', { message: 'the queue is full', retryAfterSeconds });
    }
    const lone = this.#tokens + this.#running === 0;
    job.terms = { patienceMs, deadline: this.#pace.now() + patienceMs, lone };
    this.#jobs.push(job);
    this.#tokens += cost;
    this.#items += job.items.length;
  }

  /** Seconds until what is admitted now is done. */
  get drainSeconds(): number {
    return this.#admission.secondsFor(this.#tokens + this.#running);
  }

  /**
   * Refuses what can no longer be done in time because the pace was less than measured: a lane that
   * worked on it would answer nobody, and its client learns sooner when to come back.
   */
  shedLate(): void {
    const now = this.#pace.now();
    const late = this.#jobs.filter(
      ({ terms, waitingCost }) =>
        !terms.lone && now + this.#runMs(waitingCost) * RUN_SPREAD > terms.deadline,
    );
    for (const job of late) {
      this.drop(job);
      const arrival = this.#arrival(job, job.terms.patienceMs);
      const retryAfterSeconds = this.#admission.retryAfter(arrival);
      const message = 'the queue moved slower than it was expected to';
      job.fail(new InferenceError('queue_full', { message, retryAfterSeconds }));
    }
  }

  /** The lane has answered for these slices, or is gone. */
  finished(slices: readonly JobSlice[]): void {
    this.#running -= costOf(slices);
  }

  #arrival(job: EmbedJob, patienceMs: number): Arrival {
    const { cost } = job;
    // Too many texts are told the time that all of them take.
    const tooMany = this.#items + job.items.length > this.#limits.maxItems ? this.#tokens : 0;
    return {
      cost,
      patienceMs,
      ahead: this.#tokens + this.#running,
      overflow: Math.max(tooMany, this.#tokens + cost - this.#limits.maxTokens),
      mark: () => job.mark,
    };
  }

  get #dispatchLimits(): QueueLimits {
    const planned = Math.max(LEAST_DISPATCH_TOKENS, (this.#pace.perLane() * DISPATCH_MS) / 1_000);
    return { ...DISPATCH_LIMITS, maxTokens: Math.min(DISPATCH_LIMITS.maxTokens, planned) };
  }

  /** Milliseconds of the run that this much work is part of. */
  #runMs(cost: number): number {
    const work = Math.max(cost, Math.min(this.#tokens, this.#dispatchLimits.maxTokens));
    return (work * 1_000) / this.#pace.perLane();
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
  take(limits: QueueLimits = this.#dispatchLimits): JobSlice[] {
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

  /** A job that got its turn goes to the end; one that did not fit at all keeps the front. */
  #putBack(job: EmbedJob, from: number): void {
    if (job.next > from) this.#jobs.push(job);
    else this.#jobs.unshift(job);
  }
}
