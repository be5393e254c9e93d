import { afterAnswer } from '../inference/after-answer.ts';
import type { EmbedResult } from '../inference/embed-job.ts';
import { InferenceError, inputTooLong } from '../inference/inference-error.ts';
import type { EmbedItem } from '../inference/lane-protocol.ts';
import type { CachedVector } from './cached-vector.ts';
import type { CountCache } from './cache-metrics.ts';
import type { FlightResult } from './flight.ts';
import { Flight } from './flight.ts';
import type { MemoryCache } from './memory-cache.ts';
import type { SharedCache } from './redis-cache.ts';
import { textKey } from './text-key.ts';
import type { Patience } from './wait-within.ts';
import { waitWithin } from './wait-within.ts';

/** Who waits for a run: until when at first, and the sign that nobody does any more. */
interface Waiters {
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** Runs texts that nobody knows; ends them when the signal fires. */
type Compute = (items: readonly EmbedItem[], waiters: Waiters) => Promise<EmbedResult>;

export interface CacheParts {
  readonly memory: MemoryCache;
  readonly shared: SharedCache | undefined;
  readonly count: CountCache;
}

export interface CachedEmbeddingOptions extends CacheParts {
  /** Names model, version and files: vectors never cross it. */
  readonly scope: string;
  readonly dims: number;
  readonly compute: Compute;
}

interface CachedRequest extends Patience {
  readonly items: readonly EmbedItem[];
}

/** Where a text's vector comes from: known already, or a row of a flight. */
type Seat = CachedVector | { readonly flight: Flight; readonly row: number };

/** Failures that say something about the request which started a flight, not about its texts. */
const OF_THE_OTHER = new Set(['input_too_long', 'input_too_large', 'queue_full', 'client_gone']);

/**
 * The result cache of one model version: per text, not per request. Memory first, then runs under
 * way, then Redis, and only what is left is run.
 */
export class CachedEmbedding {
  readonly #options: CachedEmbeddingOptions;
  readonly #flights = new Map<string, { readonly flight: Flight; readonly row: number }>();

  constructor(options: CachedEmbeddingOptions) {
    this.#options = options;
  }

  /** Vectors and exact token counts of all items, in order, or an InferenceError. */
  async embed(request: CachedRequest): Promise<EmbedResult> {
    const begin = performance.now();
    const keys = request.items.map((item) => `${this.#options.scope}:${textKey(item)}`);
    try {
      return await this.#attempt(request, keys, true);
    } catch (error) {
      if (!(error instanceof SharedFailure)) throw error;
      // Whoever started the flight failed for reasons of its own: run what is ours alone.
      const timeoutMs = Math.max(1, request.timeoutMs - (performance.now() - begin));
      return this.#attempt({ ...request, timeoutMs }, keys, false);
    }
  }

  async #attempt(
    request: CachedRequest,
    keys: readonly string[],
    joins: boolean,
  ): Promise<EmbedResult> {
    const begin = performance.now();
    const own = new Flight();
    const seats = keys.map((key, index) =>
      this.#seat({ key, item: request.items[index], own, joins }),
    );
    // The lane first: what waits for it is made while it works.
    if (own.keys.length > 0) this.#start(own, request.timeoutMs);
    const flights = [...new Set(seats.flatMap((seat) => ('flight' in seat ? [seat.flight] : [])))];
    if (flights.length === 0) return toResult(seats, new Map(), 0);
    for (const flight of flights) flight.join();
    const landed = Promise.all(flights.map((flight) => this.#landing(flight, own, seats)));
    try {
      const results = new Map(await waitWithin(landed, request));
      const mine = results.get(own);
      return mine === undefined
        ? toResult(seats, results, performance.now() - begin)
        : { ...toResult(seats, results, mine.queueMs), ...stagesOf(mine) };
    } finally {
      for (const flight of flights) flight.leave();
    }
  }

  #seat(of: {
    readonly key: string;
    readonly item: EmbedItem | undefined;
    readonly own: Flight;
    readonly joins: boolean;
  }): Seat {
    const { key, own, joins } = of;
    const { memory, count } = this.#options;
    const known = memory.get(key);
    if (known !== undefined) {
      count('hit_memory', 1);
      return known;
    }
    const under = this.#flights.get(key);
    if (under !== undefined && (joins || under.flight === own)) {
      count('hit_flight', 1);
      return under;
    }
    const seat = { flight: own, row: own.add(key, of.item ?? { input: '', truncate: false }) };
    this.#flights.set(key, seat);
    return seat;
  }

  #start(flight: Flight, patienceMs: number): void {
    const forget = (): void => {
      for (const key of flight.keys) {
        if (this.#flights.get(key)?.flight === flight) this.#flights.delete(key);
      }
    };
    this.#fly(flight, patienceMs).then(
      (result) => {
        flight.land(result);
        // Until it is kept, the flight answers for its texts.
        afterAnswer(() => {
          this.#keep(flight, result);
          forget();
        });
      },
      (error: unknown) => {
        forget();
        flight.crash(error);
      },
    );
    // Nobody may join work that is being dropped.
    flight.signal.addEventListener('abort', forget, { once: true });
  }

  async #fly(flight: Flight, patienceMs: number): Promise<FlightResult> {
    const { shared, count, dims } = this.#options;
    const rows: (CachedVector | undefined)[] = [];
    const begin = performance.now();
    // Without a usable Redis nothing is awaited: the texts queue in the order they came.
    if (shared?.usable === true) rows.push(...(await shared.getMany(flight.keys, dims)));
    const lookedUpMs = performance.now() - begin;
    const missing = flight.keys.flatMap((_, row) => (rows[row] === undefined ? [row] : []));
    const running = this.#runMissing(flight, missing, patienceMs);
    count('hit_redis', flight.keys.length - missing.length);
    count('miss', missing.length);
    const ran = await running;
    missing.forEach((row, at) => {
      rows[row] = { vector: present(ran.vectors, at), tokens: present(ran.tokens, at) };
    });
    const complete = flight.keys.map((_, row) => present(rows, row));
    return { ...stagesOf(ran), rows: complete, fresh: missing, queueMs: ran.queueMs + lookedUpMs };
  }

  #keep({ keys }: Flight, { rows, fresh }: FlightResult): void {
    const { memory, shared } = this.#options;
    keys.forEach((key, row) => memory.set(key, present(rows, row)));
    shared?.setMany(fresh.map((row) => [present(keys, row), present(rows, row)]));
  }

  async #runMissing(
    flight: Flight,
    missing: readonly number[],
    patienceMs: number,
  ): Promise<EmbedResult> {
    if (missing.length === 0) return NOTHING_RAN;
    try {
      const items = missing.map((row) => present(flight.items, row));
      return await this.#options.compute(items, { patienceMs, signal: flight.signal });
    } catch (error) {
      if (!(error instanceof InferenceError) || error.tooLong === undefined) throw error;
      const { index, tokens } = error.tooLong;
      throw inputTooLong(missing[index] ?? index, tokens);
    }
  }

  /** A flight's end as this request sees it. */
  async #landing(
    flight: Flight,
    own: Flight,
    seats: readonly Seat[],
  ): Promise<readonly [Flight, FlightResult]> {
    try {
      return [flight, await flight.result];
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      const { tooLong } = error;
      const input = seats.findIndex(
        (seat) => 'flight' in seat && seat.flight === flight && seat.row === tooLong?.index,
      );
      if (tooLong !== undefined && input !== -1) throw inputTooLong(input, tooLong.tokens);
      if (flight !== own && OF_THE_OTHER.has(error.code)) throw new SharedFailure();
      throw error;
    }
  }
}

/** A joined flight failed for a reason of whoever started it. */
class SharedFailure extends Error {}

const NOTHING_RAN: EmbedResult = {
  vectors: [],
  tokens: [],
  queueMs: 0,
  tokenizeMs: 0,
  inferMs: 0,
};

function stagesOf({
  tokenizeMs,
  inferMs,
}: Pick<EmbedResult, 'tokenizeMs' | 'inferMs'>): Pick<EmbedResult, 'tokenizeMs' | 'inferMs'> {
  return { tokenizeMs, inferMs };
}

function toResult(
  seats: readonly Seat[],
  landed: ReadonlyMap<Flight, FlightResult>,
  queueMs: number,
): EmbedResult {
  const entries = seats.map((seat) =>
    'flight' in seat ? present(landed.get(seat.flight)?.rows ?? [], seat.row) : seat,
  );
  return {
    vectors: entries.map(({ vector }) => vector),
    tokens: entries.map(({ tokens }) => tokens),
    queueMs,
    tokenizeMs: 0,
    inferMs: 0,
  };
}

/** The element that must be there. */
function present<T>(list: readonly (T | undefined)[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`the run answered without row ${index}`);
  return found;
}
