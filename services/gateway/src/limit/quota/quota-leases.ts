import type { PlannedQuota } from '../limit-plan.ts';
import { QuotaCounter } from './quota-counter.ts';
import type { QuotaCounterEvents, Taking } from './quota-counter.ts';
import type { QuotaStore } from './quota-store.ts';

/** Uses are reported this often; what an instance leased and doesn't use goes back after a while. */
const REPORT_EVERY_MS = 5_000;
const GIVE_BACK_AFTER_MS = 10_000;
/** A request waits no longer for leases; then the store counts as lost. */
const MAX_WAIT_MS = 1_500;

export interface QuotaVerdict {
  readonly kind: Exclude<Taking, 'empty'>;
  /** Whole seconds until the quota is renewed; 0 when it never is. */
  readonly retryAfterS: number;
}

export interface QuotaLeasesOptions {
  /** Opens the store when needed; rejects while it can't be reached. */
  store: () => Promise<QuotaStore>;
  events: QuotaCounterEvents;
  /** After every report, with the shares used. */
  reported: (counters: Iterable<QuotaCounter>) => void;
}

const TAKEN: QuotaVerdict = { kind: 'taken', retryAfterS: 0 };
const UNAVAILABLE: QuotaVerdict = { kind: 'unavailable', retryAfterS: 0 };

/** All quotas of this instance: at once from what is leased, with a question to the store if not. */
export class QuotaLeases {
  readonly #options: QuotaLeasesOptions;
  readonly #counters = new Map<string, QuotaCounter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: QuotaLeasesOptions) {
    this.#options = options;
  }

  /** Takes the units of one request from all of its quotas, or from none. */
  take(quotas: readonly PlannedQuota[]): QuotaVerdict | Promise<QuotaVerdict> {
    return this.#takeNow(quotas) ?? this.#takeLater(quotas);
  }

  /** The request was refused by something else: it costs nothing. */
  giveBack(quotas: readonly PlannedQuota[]): void {
    for (const planned of quotas) this.#counter(planned).giveBack();
  }

  /** Reports what was spent and gives back what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const counters = [...this.#counters.values()];
    this.#counters.clear();
    await Promise.all(counters.map((counter) => counter.settle(true)));
  }

  #takeNow(quotas: readonly PlannedQuota[]): QuotaVerdict | undefined {
    for (let i = 0; i < quotas.length; i += 1) {
      const planned = quotas[i];
      if (planned === undefined) break;
      const counter = this.#counter(planned);
      const taking = counter.take();
      if (taking === 'taken') continue;
      this.giveBack(quotas.slice(0, i));
      if (taking === 'empty') return undefined;
      if (taking === 'unavailable') return UNAVAILABLE;
      return { kind: taking, retryAfterS: counter.retryAfterS() };
    }
    return TAKEN;
  }

  async #takeLater(quotas: readonly PlannedQuota[]): Promise<QuotaVerdict> {
    const until = performance.now() + MAX_WAIT_MS;
    while (performance.now() < until) {
      for (const planned of quotas) {
        const counter = this.#counter(planned);
        if (counter.isEmpty()) await counter.renew();
      }
      const verdict = this.#takeNow(quotas);
      if (verdict !== undefined) return verdict;
    }
    return UNAVAILABLE;
  }

  #counter({ quota, counterId }: PlannedQuota): QuotaCounter {
    let counter = this.#counters.get(counterId);
    if (counter?.quota !== quota) {
      const { store, events } = this.#options;
      const before = counter;
      counter = new QuotaCounter(counterId, quota, { store, events });
      this.#counters.set(counterId, counter);
      if (before !== undefined) this.#settle(before, true);
      this.#timer ??= setInterval(() => this.#report(), REPORT_EVERY_MS).unref();
    }
    return counter;
  }

  #report(): void {
    for (const counter of this.#counters.values()) {
      this.#settle(counter, isIdle(counter));
    }
    this.#options.reported(this.#counters.values());
  }

  #settle(counter: QuotaCounter, all: boolean): void {
    counter.settle(all).then(
      () => {
        const isForgotten = all && isIdle(counter) && this.#counters.get(counter.id) === counter;
        if (isForgotten) this.#counters.delete(counter.id);
      },
      (error: unknown) => {
        this.#options.events.failed(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}

function isIdle(counter: QuotaCounter): boolean {
  return counter.idleMs() > GIVE_BACK_AFTER_MS;
}
