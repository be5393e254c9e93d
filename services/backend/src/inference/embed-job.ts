import { hash } from 'node:crypto';
import type { InferenceError } from './inference-error.ts';
import { inputTooLong } from './inference-error.ts';
import type { EmbedAnswer, EmbedItem } from './lane-protocol.ts';

/** What a request gets: one vector and its token count per input, in order, and where time went. */
export interface EmbedResult {
  readonly vectors: readonly Float32Array[];
  readonly tokens: readonly number[];
  readonly queueMs: number;
  readonly tokenizeMs: number;
  readonly inferMs: number;
}

/** Items of one job that travel in one dispatch. */
export interface JobSlice {
  readonly job: EmbedJob;
  readonly from: number;
  readonly items: readonly EmbedItem[];
}

/** What a job was admitted under. */
export interface Terms {
  readonly patienceMs: number;
  /** When its client gives up. */
  readonly deadline: number;
  /** Nothing was ahead of it: it is tried, however long it takes. */
  readonly lone: boolean;
}

/** Tokens that an item will cost at most, without tokenising it: about 3 bytes a token, 2 specials. */
function estimateTokens(item: EmbedItem, maxTokens: number): number {
  const count =
    typeof item.input === 'string'
      ? Math.ceil(Buffer.byteLength(item.input) / 3) + 2
      : item.input.length;
  return Math.min(maxTokens, count);
}

/** One request on its way through the queue and the lanes; settles exactly once. */
export class EmbedJob {
  readonly items: readonly EmbedItem[];
  readonly costs: readonly number[];
  readonly enqueuedAt: number;
  readonly result: Promise<EmbedResult>;
  /** Estimated tokens of all its items. */
  readonly cost: number;
  /** On the queue's clock, set when it was admitted. */
  terms: Terms = { patienceMs: Infinity, deadline: Infinity, lone: true };
  /** First item that was not dispatched yet. */
  next = 0;
  settled = false;
  readonly #vectors: Float32Array[] = [];
  readonly #tokens: number[] = [];
  #open: number;
  #firstDispatchAt: number | undefined;
  #tokenizeMs = 0;
  #inferMs = 0;
  #resolve: (result: EmbedResult) => void = () => undefined;
  #reject: (error: InferenceError) => void = () => undefined;

  constructor(items: readonly EmbedItem[], maxTokens: number) {
    this.items = items;
    this.costs = items.map((item) => estimateTokens(item, maxTokens));
    this.cost = this.costs.reduce((sum, one) => sum + one, 0);
    this.enqueuedAt = performance.now();
    this.#open = items.length;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Estimated tokens that were not dispatched yet. */
  get waitingCost(): number {
    let sum = 0;
    for (let i = this.next; i < this.costs.length; i += 1) sum += this.costs[i] ?? 0;
    return sum;
  }

  /** Recognises the request when it comes again; two ends of a long list tell enough. */
  get mark(): string {
    const [first, last] = [this.items[0], this.items.at(-1)];
    const traits = [this.items.length, this.cost, first?.input, last?.input];
    return hash('sha256', JSON.stringify(traits), 'base64url');
  }

  markDispatched(): void {
    this.#firstDispatchAt ??= performance.now();
  }

  /** Takes over the rows `row..` of an answer that belong to `slice`. */
  accept(slice: JobSlice, answer: EmbedAnswer, row: number): void {
    if (this.settled) return;
    const refused = answer.tooLong.find(
      ({ index }) => index >= row && index < row + slice.items.length,
    );
    if (refused !== undefined) {
      this.fail(inputTooLong(slice.from + refused.index - row, refused.tokens));
      return;
    }
    const dims = answer.vectors.length / answer.tokens.length;
    slice.items.forEach((_, offset) => {
      const at = row + offset;
      this.#vectors[slice.from + offset] = answer.vectors.subarray(at * dims, (at + 1) * dims);
      this.#tokens[slice.from + offset] = answer.tokens[at] ?? 0;
    });
    this.#tokenizeMs += answer.tokenizeMs;
    this.#inferMs += answer.inferMs;
    this.#open -= slice.items.length;
    if (this.#open === 0) this.#finish();
  }

  fail(error: InferenceError): void {
    if (this.settled) return;
    this.settled = true;
    this.#reject(error);
  }

  #finish(): void {
    this.settled = true;
    this.#resolve({
      vectors: this.#vectors,
      tokens: this.#tokens,
      queueMs: (this.#firstDispatchAt ?? this.enqueuedAt) - this.enqueuedAt,
      tokenizeMs: this.#tokenizeMs,
      inferMs: this.#inferMs,
    });
  }
}
