/** How long an operator may take to type a name, and how long it counts once it was typed. */
const ANSWER_WITHIN_MS = 5 * 60_000;
const COUNTS_FOR_MS = 60_000;
/** More open questions than this are nobody's. */
const MAX_OPEN = 20;

interface Challenge {
  readonly call: string;
  readonly word: string;
  readonly askedAt: number;
  readonly confirmedAt: number | null;
}

/**
 * Names that have to be typed. Main asks for a word, remembers what for, and lets exactly that call
 * pass once when the word was typed: what the page shows or hides changes nothing.
 */
export class Confirmations {
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #open = new Map<string, Challenge>();

  constructor(now: () => number, newId: () => string) {
    this.#now = now;
    this.#newId = newId;
  }

  /** Id of a new question: `word` has to be typed for `call`. */
  ask(call: string, word: string): string {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    const id = this.#newId();
    this.#open.set(id, { call, word, askedAt: this.#now(), confirmedAt: null });
    return id;
  }

  /** False when the question is not known (any more) or the word is another one. */
  answer(id: string, typed: string): boolean {
    const challenge = this.#open.get(id);
    if (challenge === undefined || this.#isOver(challenge.askedAt, ANSWER_WITHIN_MS)) return false;
    if (challenge.word !== typed) return false;
    this.#open.set(id, { ...challenge, confirmedAt: this.#now() });
    return true;
  }

  /** True once for a call whose word was typed; the word must still be the one that is asked for. */
  use(call: string, word: string): boolean {
    for (const [id, challenge] of this.#open) {
      if (challenge.call !== call || challenge.word !== word) continue;
      const { confirmedAt } = challenge;
      if (confirmedAt === null || this.#isOver(confirmedAt, COUNTS_FOR_MS)) continue;
      this.#open.delete(id);
      return true;
    }
    return false;
  }

  #isOver(since: number, forMs: number): boolean {
    return this.#now() - since > forMs;
  }
}
