import { Bm25Index } from './bm25-index.ts';
import { meanVector, vectorScores } from './vector-scores.ts';

/** A document as it is searched. */
export interface SearchedDocument {
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of the model that is served now; null until it is embedded. */
  readonly vector: Float32Array | null;
}

export interface Hit {
  readonly document: SearchedDocument;
  readonly score: number;
  readonly lexical: number;
  /** In standard deviations from the mean nearness; null without a query vector. */
  readonly vector: number | null;
}

export interface Query {
  readonly text: string;
  readonly vector: Float32Array | null;
  readonly limit: number;
  /** What a standard deviation of nearness counts beside a BM25 point. */
  readonly vectorWeight: number;
}

/**
 * One collection in memory: BM25 first, nearness of vectors as a small addition (docs/quality.md has
 * the measured weight). Exact: every vector is looked at, which is fast enough for tens of thousands.
 */
export class CollectionIndex {
  readonly #bm25 = new Bm25Index();
  readonly #documents: (SearchedDocument | null)[] = [];
  readonly #numbers = new Map<string, number>();
  #vectors: (Float32Array | null)[] = [];
  #mean: Float32Array | null = null;

  get size(): number {
    return this.#bm25.size;
  }

  /** Documents whose vector is still missing. */
  get unembedded(): number {
    return this.size - this.#vectors.filter((vector) => vector !== null).length;
  }

  /** Adds a document, or replaces the one of the same id. */
  put(document: SearchedDocument): void {
    this.remove(document.id);
    const number = this.#bm25.add(document.text);
    this.#documents[number] = document;
    this.#vectors[number] = document.vector;
    this.#numbers.set(document.id, number);
    this.#mean = null;
  }

  remove(id: string): void {
    const number = this.#numbers.get(id);
    if (number === undefined) return;
    this.#bm25.remove(number);
    this.#documents[number] = null;
    this.#vectors[number] = null;
    this.#numbers.delete(id);
    this.#mean = null;
  }

  /** The best documents, best first; by words alone when the query has no vector. */
  async search({ text, vector, limit, vectorWeight }: Query): Promise<Hit[]> {
    const lexical = this.#bm25.search(text);
    const near =
      vector === null
        ? null
        : await vectorScores(vector, this.#vectors, (this.#mean ??= this.#meanOf(vector.length)));
    const hits: Hit[] = [];
    this.#documents.forEach((document, number) => {
      if (document === null) return;
      const words = lexical.get(number) ?? 0;
      const nearness = near?.[number] ?? 0;
      // Without a common word only what is unusually near is an answer.
      if (words === 0 && nearness < LEAST_NEARNESS) return;
      const score = words + vectorWeight * nearness;
      hits.push({ document, score, lexical: words, vector: near === null ? null : nearness });
    });
    return hits.sort((a, b) => b.score - a.score).slice(0, limit);
  }

  #meanOf(dims: number): Float32Array {
    return meanVector(this.#vectors, dims);
  }
}

const LEAST_NEARNESS = 2;
