import { DomainError } from '../../ports/domain-error.ts';
import type { Reachability } from '../../ports/target-session.ts';

const FRESH_MS = 10_000;
const LONGEST_MS = 60_000;
const ANSWER_WITHIN_MS = 10_000;

/**
 * Whether a platform on the network answers. The views ask every second and the platform counts
 * calls: the answer is kept for 10 s, and longer with every failure in a row.
 */
export class KeptReachability {
  readonly #ask: () => Promise<unknown>;
  readonly #now: () => number;
  #answer: Reachability | null = null;
  #asking: Promise<Reachability> | null = null;
  #nextAt = 0;
  #failures = 0;

  /** @param ask any cheap call; throws DomainError when the platform can't be used */
  constructor(ask: () => Promise<unknown>, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  read(): Promise<Reachability> {
    if (this.#answer !== null && this.#now() < this.#nextAt) return Promise.resolve(this.#answer);
    this.#asking ??= this.#refresh().finally(() => (this.#asking = null));
    // While it is asked again the last answer stands.
    return this.#answer === null ? this.#asking : Promise.resolve(this.#answer);
  }

  /** The next reading asks again: the credentials or the network have changed. */
  forget(): void {
    this.#answer = null;
    this.#nextAt = 0;
    this.#failures = 0;
  }

  async #refresh(): Promise<Reachability> {
    const answer = await this.#answerNow();
    this.#failures = answer.reachable ? 0 : this.#failures + 1;
    this.#nextAt =
      this.#now() + Math.min(FRESH_MS * 2 ** Math.max(0, this.#failures - 1), LONGEST_MS);
    this.#answer = answer;
    return answer;
  }

  async #answerNow(): Promise<Reachability> {
    const late = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const noAnswer = new Promise<'late'>((resolve) => {
      late.addEventListener('abort', () => resolve('late'), { once: true });
    });
    try {
      const first = await Promise.race([this.#ask(), noAnswer]);
      if (first === 'late') return { reachable: false, reason: 'Google gave no answer in 10 s.' };
      return { reachable: true, startedAt: null };
    } catch (error) {
      const reason = error instanceof DomainError ? error.message : 'The answer made no sense.';
      return { reachable: false, reason };
    }
  }
}
