import type { QuotaPolicy } from '@omni/contracts/limits.ts';
import type { Lease, QuotaPeriod, QuotaStore } from './quota-store.ts';

/** A lease is a hundredth of the quota and no more than this: what one killed instance can lose. */
const MAX_BLOCK = 1_000;
/** A used-up quota is asked for again, because another instance may give back: not with every request. */
const ASK_AGAIN_MS = 1_000;
const RETRY_STORE_MS = 250;

/** What taking units came to; `empty`: the lease must be renewed first. */
export type Taking = 'taken' | 'empty' | 'exceeded' | 'unavailable';

export interface QuotaCounterEvents {
  alert: (counter: QuotaCounter, percent: number) => void;
  failed: (error: Error) => void;
  /** The store answered. */
  recovered: () => void;
}

/**
 * One quota of one subject in this instance: units leased from the store, spent without asking. At
 * most one block is held, so a killed instance loses no more than that.
 */
export class QuotaCounter {
  readonly id: string;
  readonly quota: QuotaPolicy;
  readonly #store: () => Promise<QuotaStore>;
  readonly #events: QuotaCounterEvents;
  /** Leased units not spent yet; negative: owed, because units were let through uncounted. */
  #held = 0;
  /** Units spent and not reported yet. */
  #spent = 0;
  #period: QuotaPeriod | undefined;
  /** End of the period by both clocks: a suspended machine may stop the one or turn the other. */
  #endsMono = -Infinity;
  #endsWall = -Infinity;
  #exceededUntil = -Infinity;
  #isLost = false;
  #retryAt = -Infinity;
  #usedAt = -Infinity;
  #used = 0;
  #waiting = 0;
  #renewal: Promise<void> | undefined;

  constructor(
    id: string,
    quota: QuotaPolicy,
    parts: { store: () => Promise<QuotaStore>; events: QuotaCounterEvents },
  ) {
    this.id = id;
    this.quota = quota;
    this.#store = parts.store;
    this.#events = parts.events;
  }

  /** Share of the quota that was used when the store was last asked. */
  get usedRatio(): number {
    return this.#used / this.quota.limit;
  }

  idleMs(): number {
    return performance.now() - this.#usedAt;
  }

  /** Takes the units of one request; at once, or not at all. */
  take(): Taking {
    const now = performance.now();
    this.#usedAt = now;
    const lacking = this.#lacking(now);
    if (lacking !== undefined) return lacking;
    this.#held -= this.quota.cost;
    this.#spent += this.quota.cost;
    if (this.#held < this.#block() / 4) this.#renewAhead(now);
    return 'taken';
  }

  /** Whether the lease must be renewed before a request can be decided. */
  isEmpty(): boolean {
    return this.#lacking(performance.now()) === 'empty';
  }

  /** The request was refused by something else: it costs nothing. */
  giveBack(): void {
    this.#held += this.quota.cost;
    this.#spent -= this.quota.cost;
  }

  /** Settles when there are units again, or it is known that there are none. Never rejects. */
  async renew(): Promise<void> {
    this.#waiting += 1;
    try {
      this.#renewal ??= this.#lease().finally(() => {
        this.#renewal = undefined;
      });
      await this.#renewal;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Whole seconds until the period ends; 0 when it never does. */
  retryAfterS(): number {
    if (this.#endsMono === Infinity) return 0;
    return Math.max(1, Math.ceil((this.#endsMono - performance.now()) / 1_000));
  }

  /** Reports what was spent; with `all` it also gives back what is left. */
  async settle(all: boolean): Promise<void> {
    await this.#renewal;
    if (this.#period === undefined || (this.#spent === 0 && !all)) return;
    const period = this.#period;
    const spent = this.#spent;
    const unspent = all ? this.#held : 0;
    this.#spent -= spent;
    this.#held -= unspent;
    try {
      await this.#report({ period, spent, unspent });
    } catch (error) {
      this.#spent += spent;
      this.#held += unspent;
      throw error;
    }
  }

  /** Why a request can't be let through now. While the store is known to be lost nobody waits. */
  #lacking(now: number): Exclude<Taking, 'taken'> | undefined {
    const { cost, storeLoss } = this.quota;
    const isCurrent = now < this.#endsMono && Date.now() < this.#endsWall;
    if (isCurrent && this.#held >= cost) return undefined;
    if (now < this.#exceededUntil) return 'exceeded';
    if (!this.#isLost) return 'empty';
    this.#renewAhead(now);
    return storeLoss === 'closed' ? 'unavailable' : undefined;
  }

  #block(): number {
    const { limit, cost } = this.quota;
    return Math.max(cost, Math.min(MAX_BLOCK, Math.floor(limit / 100)));
  }

  #renewAhead(now: number): void {
    if (this.#renewal !== undefined || now < this.#exceededUntil || now < this.#retryAt) return;
    // `renew` never rejects: failures are kept and decide the next request.
    this.renew().catch(() => undefined);
  }

  async #lease(): Promise<void> {
    const { cost, limit } = this.quota;
    const spent = this.#spent;
    const sentMono = performance.now();
    const sentWall = Date.now();
    // Units held in a period that has ended are no use in the new one.
    const held = sentMono < this.#endsMono ? this.#held : Math.min(0, this.#held);
    try {
      const store = await this.#store();
      const lease = await store.lease({
        counterId: this.id,
        quota: this.quota,
        want: Math.max(this.#block(), this.#waiting * cost) - held,
        need: Math.max(1, cost - held),
        spent,
        held: this.#period,
      });
      await this.#accept(lease, spent);
      this.#endsMono = lease.resetInMs === null ? Infinity : sentMono + lease.resetInMs;
      this.#endsWall = lease.resetInMs === null ? Infinity : sentWall + lease.resetInMs;
      this.#isLost = false;
      this.#events.recovered();
      const isOut = lease.granted === 0 && this.#held < cost;
      this.#exceededUntil = isOut
        ? Math.min(performance.now() + ASK_AGAIN_MS, this.#endsMono)
        : -Infinity;
      this.#used = Math.min(limit, lease.used);
      if (lease.alert > 0) this.#events.alert(this, lease.alert);
    } catch (error) {
      this.#isLost = true;
      this.#retryAt = performance.now() + RETRY_STORE_MS;
      this.#events.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #accept(lease: Lease, reported: number): Promise<void> {
    const old = this.#period;
    const { period, generation, granted } = lease;
    if (old?.period === period && old.generation === generation) {
      this.#spent -= reported;
      this.#held += granted;
      return;
    }
    const rest = { spent: this.#spent, unspent: this.#held };
    this.#period = { period, generation };
    this.#spent = 0;
    this.#held = granted;
    if (old === undefined) return;
    // The units of an ended period matter to nobody but the statistics.
    await this.#report({ period: old, ...rest }).catch(() => undefined);
  }

  async #report(what: { period: QuotaPeriod; spent: number; unspent: number }): Promise<void> {
    const { period, spent, unspent } = what;
    const store = await this.#store();
    const { limit } = this.quota;
    const alert = await store.settle({ counterId: this.id, ...period, limit, spent, unspent });
    if (alert > 0) this.#events.alert(this, alert);
  }
}
