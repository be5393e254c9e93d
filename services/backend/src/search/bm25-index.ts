import { tokenise } from './tokenise.ts';

const K1 = 1.2;
const B = 0.75;

interface Posting {
  readonly doc: number;
  readonly count: number;
}

/**
 * Okapi BM25 over documents that are numbered as they come (S. Robertson, H. Zaragoza, The
 * Probabilistic Relevance Framework, 2009; k1 1.2, b 0.75). A document is never changed in place: a
 * new text is a new number, the old one is removed.
 */
export class Bm25Index {
  readonly #postings = new Map<string, Posting[]>();
  readonly #lengths: number[] = [];
  readonly #removed = new Set<number>();
  #total = 0;

  /** Documents that can be found. */
  get size(): number {
    return this.#lengths.length - this.#removed.size;
  }

  /** Numbers given so far, removed ones included. */
  get numbers(): number {
    return this.#lengths.length;
  }

  /** Adds a text and gives its number. */
  add(text: string): number {
    const doc = this.#lengths.length;
    const words = tokenise(text);
    this.#lengths.push(words.length);
    this.#total += words.length;
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      const postings = this.#postings.get(word);
      if (postings === undefined) this.#postings.set(word, [{ doc, count }]);
      else postings.push({ doc, count });
    }
    return doc;
  }

  remove(doc: number): void {
    if (this.#removed.has(doc) || doc >= this.#lengths.length) return;
    this.#removed.add(doc);
    this.#total -= this.#lengths[doc] ?? 0;
  }

  /** Scores of the documents that hold at least one word of the query. */
  search(query: string): Map<number, number> {
    const scores = new Map<number, number>();
    const mean = this.#total / Math.max(1, this.size) || 1;
    for (const word of new Set(tokenise(query))) {
      const postings = (this.#postings.get(word) ?? []).filter(
        ({ doc }) => !this.#removed.has(doc),
      );
      const idf = Math.log(1 + (this.size - postings.length + 0.5) / (postings.length + 0.5));
      for (const { doc, count } of postings) {
        const length = 1 - B + (B * (this.#lengths[doc] ?? 0)) / mean;
        const score = (idf * count * (K1 + 1)) / (count + K1 * length);
        scores.set(doc, (scores.get(doc) ?? 0) + score);
      }
    }
    return scores;
  }
}
