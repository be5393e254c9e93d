import type { Log } from '../log.ts';
import type { Hit, SearchedDocument } from './collection-index.ts';
import { CollectionIndex } from './collection-index.ts';
import type {
  CollectionSummary,
  DocumentRepository,
  StoredDocument,
} from './document-repository.ts';

/** Turns texts into vectors of one model; `sha` names the model's file. */
export interface TextEmbedder {
  readonly sha: string;
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
}

export interface NewDocument {
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SearchResult {
  readonly hits: readonly Hit[];
  /** Documents that could be found by words only: not embedded by the model that is served now. */
  readonly lexicalOnly: number;
  readonly documents: number;
}

interface Loaded {
  readonly index: CollectionIndex;
  readonly version: number;
  /** Model whose vectors it holds. */
  readonly sha: string | undefined;
}

const EMBED_AT_ONCE = 16;

/**
 * The collections: stored in Postgres, searched in memory. Each search asks for the collection's
 * version, so that what another instance wrote is found at the next search; vectors of another model
 * than the one served are never compared, their documents are embedded anew in the background.
 */
export class Collections {
  readonly #repository: DocumentRepository;
  readonly #embedder: () => TextEmbedder | null;
  readonly #log: Log;
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #refreshing = new Set<string>();

  constructor(repository: DocumentRepository, embedder: () => TextEmbedder | null, log: Log) {
    this.#repository = repository;
    this.#embedder = embedder;
    this.#log = log;
  }

  list(): Promise<CollectionSummary[]> {
    return this.#repository.list();
  }

  /** Stores documents; without a ready model they are found by words until it is there. */
  async put(collection: string, documents: readonly NewDocument[]): Promise<void> {
    const embedder = this.#embedder();
    const vectors =
      embedder === null ? null : await embedder.embed(documents.map(({ text }) => text));
    await this.#repository.put(
      collection,
      documents.map((document, i) => ({
        ...document,
        modelSha: embedder?.sha ?? null,
        vector: vectors?.[i] ?? null,
      })),
    );
  }

  remove(collection: string, id: string): Promise<boolean> {
    return this.#repository.remove(collection, id);
  }

  drop(collection: string): Promise<boolean> {
    return this.#repository.drop(collection);
  }

  /** Null when there is no such collection. */
  async search(
    collection: string,
    query: { readonly text: string; readonly limit: number; readonly vectorWeight: number },
  ): Promise<SearchResult | null> {
    const loaded = await this.#current(collection);
    if (loaded === null) return null;
    const embedder = query.vectorWeight > 0 ? this.#embedder() : null;
    const [vector = null] = embedder === null ? [] : await embedder.embed([query.text]);
    const { index } = loaded;
    const hits = await index.search({ ...query, vector });
    const lexicalOnly = index.unembedded;
    if (lexicalOnly > 0) this.#refresh(collection);
    return { hits, lexicalOnly, documents: index.size };
  }

  /** The collection as it is stored now; loaded once, by whoever comes first. */
  async #current(collection: string): Promise<Loaded | null> {
    const version = await this.#repository.version(collection);
    if (version === 0) {
      this.#loaded.delete(collection);
      return null;
    }
    const known = await this.#loaded.get(collection);
    const sha = this.#embedder()?.sha;
    if (known?.version === version && known.sha === sha) return known;
    const loading = this.#load(collection, version, sha);
    this.#loaded.set(collection, loading);
    loading.catch(() => this.#loaded.delete(collection));
    return await loading;
  }

  async #load(collection: string, version: number, sha: string | undefined): Promise<Loaded> {
    const index = new CollectionIndex();
    for await (const documents of this.#repository.documents(collection)) {
      for (const document of documents) index.put(toSearched(document, sha));
    }
    return { index, version, sha };
  }

  /** Embeds what the served model has not embedded yet, once at a time for each collection. */
  #refresh(collection: string): void {
    if (this.#refreshing.has(collection)) return;
    this.#refreshing.add(collection);
    this.#embedStale(collection)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.warn('Collection not embedded', { code: 'COLLECTION_NOT_EMBEDDED', reason });
      })
      .finally(() => this.#refreshing.delete(collection));
  }

  async #embedStale(collection: string): Promise<void> {
    const embedder = this.#embedder();
    if (embedder === null) return;
    for await (const documents of this.#repository.documents(collection)) {
      const stale = documents.filter(({ modelSha }) => modelSha !== embedder.sha);
      for (let from = 0; from < stale.length; from += EMBED_AT_ONCE) {
        const part = stale.slice(from, from + EMBED_AT_ONCE);
        const vectors = await embedder.embed(part.map(({ text }) => text));
        await this.#repository.putVectors(
          collection,
          embedder.sha,
          part.map((document, i) => ({ ...document, vector: vectors[i] ?? null })),
        );
      }
    }
  }
}

function toSearched(
  { modelSha, vector, ...document }: StoredDocument,
  sha?: string,
): SearchedDocument {
  return { ...document, vector: sha !== undefined && modelSha === sha ? vector : null };
}
