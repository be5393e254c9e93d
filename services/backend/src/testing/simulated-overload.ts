import { DrainRate } from '../inference/drain-rate.ts';
import { EmbedJob } from '../inference/embed-job.ts';
import { InferenceError } from '../inference/inference-error.ts';
import { costOf, JobQueue } from '../inference/job-queue.ts';

/** A storm on a simulated clock: the real queue and pace, lanes that take their time by chance. */
export interface Storm {
  readonly seed: number;
  readonly lanes: number;
  /** Tokens per second of one lane, on average. */
  readonly pace: number;
  /** Runs take between `1 / (1 + spread)` and `1 + spread` times as long. */
  readonly spread: number;
  readonly seconds: number;
  /** In the middle third of the time the lanes do so much of their pace. */
  readonly slump?: number;
  /** Arrivals as a multiple of what the lanes can do. */
  readonly load: number;
  /** So many seconds of work arrive in the first moment, and nothing after. */
  readonly burst?: boolean;
  readonly budgetMs: number;
  readonly costs: readonly number[];
  /** Share of the refused that come back, once, when they were told to. */
  readonly obeying: number;
}

export interface Outcome {
  /** Answered within their budget, at first or at the return. */
  readonly answered: number;
  /** Admitted and answered too late: 504 to a real client. */
  readonly late: number;
  /** Admitted and refused after all. */
  readonly shed: number;
  readonly refused: number;
  readonly returned: number;
  readonly answeredAtReturn: number;
  /** Work answered in time as a share of what the lanes could have done. */
  readonly goodput: number;
  readonly longestRetry: number;
}

interface Client {
  readonly id: number;
  readonly cost: number;
  returned: boolean;
}

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs a storm to its end, the last return included. */
export async function weather(storm: Storm): Promise<Outcome> {
  const simulation = new Simulation(storm);
  return await simulation.run();
}

class Simulation {
  readonly #storm: Storm;
  readonly #random: () => number;
  readonly #rate: DrainRate;
  readonly #queue: JobQueue;
  readonly #events: { at: number; act: () => void }[] = [];
  readonly #tally = {
    answered: 0,
    late: 0,
    shed: 0,
    refused: 0,
    returned: 0,
    answeredAtReturn: 0,
    longestRetry: 0,
  };
  #now = 0;
  #idle: number;
  #work = 0;

  constructor(storm: Storm) {
    this.#storm = storm;
    this.#random = seeded(storm.seed);
    this.#idle = storm.lanes;
    const now = (): number => this.#now;
    this.#rate = new DrainRate(storm.pace / 3, now);
    this.#queue = new JobQueue(
      { maxTokens: 1e9, maxItems: 1e9 },
      {
        now,
        perSecond: () => this.#rate.perSecond(storm.lanes),
        perLane: () => this.#rate.perSecond(1),
      },
    );
  }

  async run(): Promise<Outcome> {
    const { burst = false, seconds, pace, lanes } = this.#storm;
    if (burst) this.#burst();
    else this.#arrive(0);
    for (let event = this.#next(); event !== undefined; event = this.#next()) {
      this.#now = event.at;
      event.act();
      this.#feed();
      // Shed jobs tell their clients by their promise.
      await Promise.resolve();
      await Promise.resolve();
    }
    return { ...this.#tally, goodput: this.#work / (seconds * pace * lanes) };
  }

  #at(delayMs: number, act: () => void): void {
    const at = this.#now + delayMs;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, act });
  }

  /** The soonest is the last: the list is sorted from late to soon. */
  #next(): { at: number; act: () => void } | undefined {
    return this.#events.pop();
  }

  #client(id: number): Client {
    const { costs } = this.#storm;
    const cost = costs[Math.floor(this.#random() * costs.length)] ?? 1;
    return { id, cost, returned: false };
  }

  #burst(): void {
    const { seconds, pace, lanes } = this.#storm;
    let work = seconds * pace * lanes;
    for (let id = 0; work > 0; id += 1) {
      const client = this.#client(id);
      work -= client.cost;
      this.#at(this.#random() * 20, () => this.#ask(client));
    }
  }

  #arrive(id: number): void {
    const { pace, lanes, load, seconds, costs } = this.#storm;
    const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
    const gapMs = (-Math.log(1 - this.#random()) * mean * 1_000) / (pace * lanes * load);
    if (this.#now + gapMs > seconds * 1_000) return;
    this.#at(gapMs, () => {
      this.#ask(this.#client(id));
      this.#arrive(id + 1);
    });
  }

  #ask(client: Client): void {
    const { budgetMs } = this.#storm;
    const at = this.#now;
    // One item, told apart by its client: a returning client sends what it sent before.
    const items = [{ input: Array.from({ length: client.cost }, () => client.id), truncate: true }];
    const job = new EmbedJob(items, client.cost);
    try {
      this.#queue.add(job, budgetMs);
    } catch (error) {
      this.#refused(client, error);
      return;
    }
    job.result.then(
      () => this.#answered(client, this.#now - at),
      (error: unknown) => {
        this.#tally.shed += 1;
        this.#refused(client, error);
      },
    );
  }

  #answered(client: Client, ms: number): void {
    if (ms > this.#storm.budgetMs) {
      this.#tally.late += 1;
      return;
    }
    this.#tally.answered += 1;
    this.#work += client.cost;
    if (client.returned) this.#tally.answeredAtReturn += 1;
  }

  #refused(client: Client, error: unknown): void {
    if (!(error instanceof InferenceError) || error.retryAfterSeconds === undefined) throw error;
    const { retryAfterSeconds } = error;
    this.#tally.refused += 1;
    this.#tally.longestRetry = Math.max(this.#tally.longestRetry, retryAfterSeconds);
    if (client.returned || this.#random() >= this.#storm.obeying) return;
    client.returned = true;
    // The way there and back takes a little.
    this.#at(retryAfterSeconds * 1_000 + this.#random() * 20, () => {
      this.#tally.returned += 1;
      this.#ask(client);
    });
  }

  #feed(): void {
    this.#queue.shedLate();
    while (this.#idle > 0) {
      const slices = this.#queue.take();
      if (slices.length === 0) return;
      this.#idle -= 1;
      const tokens = costOf(slices);
      const end = this.#rate.begin(tokens);
      this.#at(this.#runMs(tokens), () => {
        this.#idle += 1;
        end(true);
        this.#queue.finished(slices);
        for (const slice of slices) {
          slice.job.accept(slice, emptyAnswer(slice.items.length), 0);
        }
      });
    }
  }

  #runMs(tokens: number): number {
    const { pace, spread, seconds, slump = 1 } = this.#storm;
    const third = Math.floor((this.#now * 3) / (seconds * 1_000));
    const factor = (1 + spread) ** (this.#random() * 2 - 1);
    return (tokens * 1_000 * factor) / (pace * (third === 1 ? slump : 1));
  }
}

function emptyAnswer(rows: number): Parameters<EmbedJob['accept']>[1] {
  return {
    id: 0,
    vectors: new Float32Array(rows),
    tokens: new Array<number>(rows).fill(0),
    tooLong: [],
    tokenizeMs: 0,
    inferMs: 0,
  };
}
