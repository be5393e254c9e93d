import type { CompiledPolicy } from './compiled-policy.ts';
import { gcraRemaining, gcraSpend, gcraWait } from './gcra.ts';
import { SlidingLog } from './sliding-log.ts';

/**
 * What one subject has spent of one limit. It holds no rule: the policy comes with every question,
 * so a changed limit goes on from what was spent instead of starting anew.
 */
export class Bucket {
  readonly id: string;
  /** From here on the bucket says nothing that an absent one wouldn't. */
  freeAtUs = 0;
  /** Taken out of the table; whoever still holds it must look it up again. */
  evicted = false;
  #log: SlidingLog | undefined;
  #tatUs = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Microseconds until a request would be admitted; 0 when it is now. Spends nothing. */
  waitUs(rule: CompiledPolicy, nowUs: number): number {
    if (!rule.exact) return gcraWait(rule, this.#tatUs, nowUs);
    const log = (this.#log ??= new SlidingLog());
    log.prune(rule.windowUs, nowUs);
    const over = log.size + rule.cost - rule.limit;
    return over > 0 ? log.freeAt(over, rule.windowUs) - nowUs : 0;
  }

  /** Pays for a request that every limit of it admits. */
  spend(rule: CompiledPolicy, nowUs: number): void {
    if (rule.exact) {
      (this.#log ??= new SlidingLog()).add(rule.cost, nowUs);
      this.freeAtUs = nowUs + rule.windowUs;
    } else {
      this.#tatUs = gcraSpend(rule, this.#tatUs, nowUs);
      this.freeAtUs = this.#tatUs;
    }
  }

  /** Requests that would be admitted at once; call `waitUs` first. */
  remaining(rule: CompiledPolicy, nowUs: number): number {
    if (!rule.exact) return gcraRemaining(rule, this.#tatUs, nowUs);
    return Math.max(0, Math.floor((rule.limit - (this.#log?.size ?? 0)) / rule.cost));
  }

  /** Microseconds until nothing of the limit is used. */
  resetUs(rule: CompiledPolicy, nowUs: number): number {
    const freeAt = rule.exact ? (this.#log?.emptyAt(rule.windowUs) ?? 0) : this.#tatUs;
    return Math.max(0, freeAt - nowUs);
  }
}
