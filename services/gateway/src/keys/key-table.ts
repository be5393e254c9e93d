import type { PartHealth } from '@omni/contracts/health.ts';
import type { StoredKeys } from './api-key-auth.ts';
import { hasEndedFlag, isEnded } from './key-snapshot.ts';
import type { KeySnapshot } from './key-snapshot.ts';
import { KeyColumns, NO_ROW } from './key-columns.ts';
import type { KeyRepository } from './key-repository.ts';

/** A decision needs a confirmation by the store that is not older. */
const MAX_STALENESS_MS = 500;
/** While requests come, the table is confirmed this often, so that none of them waits. */
const CHECK_EVERY_MS = 250;
/** Without requests for this long the loop rests; the next request asks itself. */
const BUSY_FOR_MS = 2_000;
/** A store silent for longer, if nobody says otherwise: stored keys are not decided any more. */
const FAIL_AFTER_MS = 5_000;
/** Failed keys make the table ask again, this often at most: junk must not become queries. */
const RECHECK_EVERY_MS = 50;
/** No request waits longer for a check; then the table is young enough to decide by, or it is not. */
const MAX_WAIT_MS = 1_000;

export interface KeyTableOptions {
  /** The store could not be read, or can be again. */
  reachable: (reachable: boolean, error?: Error) => void;
  /** The store confirmed the table; `epoch` is enforced from here on. */
  confirmed?: (epoch: number, ageMs: number) => void;
  /** Milliseconds of silence after which the table decides no more. Default 5,000. */
  failAfterMs?: number;
}

/**
 * All stored keys in memory, proven current. A push tells of changes early, but only a check on the
 * request path proves anything: a container without requests may be frozen, and its timers and
 * subscriptions with it.
 */
export class KeyTable implements StoredKeys {
  readonly columns = new KeyColumns();
  readonly #repository: () => Promise<KeyRepository>;
  readonly #events: KeyTableOptions;
  readonly #failAfterMs: number;
  readonly #changeListeners: ((row: number) => void)[] = [];
  readonly #revokeListeners: ((keyIds: readonly string[]) => void)[] = [];
  #epoch = 0;
  #loaded = false;
  /** When the query that confirmed the table was sent, by both clocks. */
  #confirmedMono = -Infinity;
  #confirmedWall = -Infinity;
  #clockOffsetMs = 0;
  #lastUsedAt = -Infinity;
  #inFlight: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #recheckedAt = -Infinity;
  /** When this instance last changed the store: only a query sent afterwards proves anything. */
  #changedAt = -Infinity;
  #loop: NodeJS.Timeout | undefined;
  #failure: string | undefined;
  #since = new Date();

  constructor(repository: () => Promise<KeyRepository>, events: KeyTableOptions) {
    this.#repository = repository;
    this.#events = events;
    this.#failAfterMs = events.failAfterMs ?? FAIL_AFTER_MS;
  }

  get epoch(): number {
    return this.#epoch;
  }

  now(): number {
    return Date.now() + this.#clockOffsetMs;
  }

  /** Called with every row that was read anew, for what others remember of it. */
  onChanged(listener: (row: number) => void): void {
    this.#changeListeners.push(listener);
  }

  /** Called with keys that were revoked, disabled or deleted: their open streams must end. */
  onRevoked(listener: (keyIds: readonly string[]) => void): void {
    this.#revokeListeners.push(listener);
  }

  ensureFresh(): boolean | Promise<boolean> {
    this.#lastUsedAt = performance.now();
    this.#loop ??= setTimeout(() => this.#tick(), CHECK_EVERY_MS).unref();
    if (this.#isProven(MAX_STALENESS_MS)) return true;
    const checked = this.#sawOwnChange() ? within(MAX_WAIT_MS, this.check()) : this.#requeue();
    return checked.then(() => this.isUsable());
  }

  /**
   * Whether a key that was accepted before is not accepted any more with this secret. Keys that are
   * not in the table (of API_KEYS) have no end.
   */
  hasEnded({ id, secretNo }: { id: string; secretNo: number }): boolean {
    const row = this.columns.find(id, 0, id.length);
    if (row === NO_ROW) return false;
    const nowMs = this.now();
    if (hasEndedFlag(this.columns.flagsOf(row)) || this.columns.expiresAtMs(row) <= nowMs) {
      return true;
    }
    return !this.columns.isLive(row, secretNo, nowMs);
  }

  isUsable(): boolean {
    return this.#isProven(this.#failAfterMs);
  }

  /**
   * Age of the confirmation: the larger of both clocks' differences, because a suspended machine may
   * stop the monotonic one and an operator may turn the other back.
   */
  stalenessMs(): number {
    return Math.max(performance.now() - this.#confirmedMono, Date.now() - this.#confirmedWall);
  }

  /** Reads what changed since our epoch; one query at a time. Never rejects. */
  check(): Promise<void> {
    this.#inFlight ??= this.#read().finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  /** A notice of a change: a query already under way may have been sent before the commit. */
  noticed(): void {
    const pending = this.#inFlight;
    const done = pending === undefined ? this.check() : pending.then(() => this.check());
    // `check` never rejects: failures are kept for health and staleness.
    done.catch(() => undefined);
  }

  async recheck(): Promise<boolean> {
    await this.#requeue();
    return this.isUsable();
  }

  /**
   * A change was committed by this instance. From here on nothing is decided by what was read before
   * it, also when the check that is awaited here fails: stored keys answer 503 until one succeeds.
   */
  async changed(): Promise<void> {
    this.#changedAt = performance.now();
    await this.#requeue();
  }

  health(): PartHealth {
    const since = this.#since.toISOString();
    if (this.#failure !== undefined) {
      const state = this.#loaded && this.stalenessMs() <= this.#failAfterMs ? 'degraded' : 'down';
      return { state, reason: `The key store does not answer (${this.#failure})`, since };
    }
    if (!this.#loaded) return { state: 'starting', reason: 'Keys are being loaded', since };
    const facts = { epoch: String(this.#epoch), keys: String(this.columns.count) };
    return { state: 'ok', since, facts };
  }

  stop(): void {
    clearTimeout(this.#loop);
  }

  #requeue(): Promise<void> {
    this.#queued ??= this.#sendQueued();
    return within(MAX_WAIT_MS, this.#queued);
  }

  #sawOwnChange(): boolean {
    return this.#confirmedMono >= this.#changedAt;
  }

  #isProven(maxStalenessMs: number): boolean {
    return this.#sawOwnChange() && this.stalenessMs() <= maxStalenessMs;
  }

  /** Everybody who came before this query is sent shares it. */
  async #sendQueued(): Promise<void> {
    const waitMs = this.#recheckedAt + RECHECK_EVERY_MS - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await this.#inFlight;
    this.#queued = undefined;
    this.#recheckedAt = performance.now();
    await this.check();
  }

  async #read(): Promise<void> {
    const sentMono = performance.now();
    const sentWall = Date.now();
    try {
      const repository = await this.#repository();
      const { epoch, now } = this.#loaded
        ? await this.#readChanges(repository)
        : await repository.load({
            expect: (count) => this.columns.reserve(count),
            add: (keys) => this.#put(keys),
          });
      this.#epoch = epoch;
      this.#confirmedMono = sentMono;
      this.#confirmedWall = sentWall;
      this.#clockOffsetMs = now.getTime() - Date.now();
      this.#settle(undefined);
      this.#events.confirmed?.(epoch, performance.now() - sentMono);
    } catch (error) {
      this.#settle(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #readChanges(repository: KeyRepository): Promise<{ epoch: number; now: Date }> {
    const changes = await repository.readChanges(this.#epoch);
    this.#put(changes.keys);
    for (const id of changes.gone) this.#tell(this.columns.remove(id));
    const ended = changes.keys.filter(isEnded).map((key) => key.id);
    ended.push(...changes.gone);
    if (ended.length > 0) for (const listener of this.#revokeListeners) listener(ended);
    return changes;
  }

  #put(keys: readonly KeySnapshot[]): void {
    for (const key of keys) this.#tell(this.columns.put(key));
  }

  #tell(row: number): void {
    for (const listener of this.#changeListeners) listener(row);
  }

  #settle(error: Error | undefined): void {
    const changed = (error === undefined) !== (this.#failure === undefined) || !this.#loaded;
    if (changed) this.#since = new Date();
    const was = this.#failure;
    this.#failure = error?.message;
    if (error === undefined) this.#loaded = true;
    if ((was === undefined) !== (error === undefined)) {
      this.#events.reachable(error === undefined, error);
    }
  }

  #tick(): void {
    this.#loop = undefined;
    if (performance.now() - this.#lastUsedAt > BUSY_FOR_MS) return;
    this.#loop = setTimeout(() => this.#tick(), CHECK_EVERY_MS).unref();
    this.noticed();
  }
}

/** Settles with the promise or after the time, whichever comes first. */
function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
