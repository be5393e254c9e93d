import type { Database } from '../data/postgres.ts';

/** A document as it is stored; `vector` belongs to the model whose sha256 is `modelSha`. */
export interface StoredDocument {
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly modelSha: string | null;
  readonly vector: Float32Array | null;
}

export interface CollectionSummary {
  readonly name: string;
  readonly documents: number;
}

interface Row {
  id: string;
  text: string;
  metadata: Record<string, unknown>;
  model_sha: string | null;
  vector: Buffer | null;
}

const READ_AT_ONCE = 500;

/** Collections of documents in Postgres. Every change raises its collection's version. */
export class DocumentRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Number that every change raises; 0 for a collection that does not exist. */
  async version(collection: string): Promise<number> {
    const [row] = await this.#database.query<{ version: string }>(
      'read_collection',
      'select version from search_collections where name = $1',
      [collection],
    );
    return Number(row?.version ?? 0);
  }

  async list(): Promise<CollectionSummary[]> {
    return await this.#database.query<CollectionSummary>(
      'list_collections',
      `select c.name, count(d.id)::int as documents from search_collections c
         left join search_documents d on d.collection = c.name group by c.name order by c.name`,
    );
  }

  /** Stores documents, replacing those of the same ids; one transaction. */
  async put(collection: string, documents: readonly StoredDocument[]): Promise<void> {
    await this.#database.query(
      'put_documents',
      `with touched as (
         insert into search_collections (name) values ($1)
         on conflict (name) do update set version = search_collections.version + 1 returning name)
       insert into search_documents (collection, id, text, metadata, model_sha, vector)
       select t.name, d.id, d.text, d.metadata::jsonb, d.model_sha, d.vector
         from touched t, unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
           as d(id, text, metadata, model_sha, vector)
       on conflict (collection, id) do update set text = excluded.text,
         metadata = excluded.metadata, model_sha = excluded.model_sha, vector = excluded.vector`,
      [
        collection,
        documents.map(({ id }) => id),
        documents.map(({ text }) => text),
        documents.map(({ metadata }) => JSON.stringify(metadata)),
        documents.map(({ modelSha }) => modelSha),
        documents.map(({ vector }) => (vector === null ? null : toBytes(vector))),
      ],
    );
  }

  /** Stores vectors of texts that are still the same: a document that was replaced keeps its own. */
  async putVectors(
    collection: string,
    modelSha: string,
    documents: readonly StoredDocument[],
  ): Promise<void> {
    await this.#database.query(
      'put_vectors',
      `with changed as (
         update search_documents d set model_sha = $2, vector = v.vector
           from unnest($3::text[], $4::text[], $5::bytea[]) as v(id, text, vector)
          where d.collection = $1 and d.id = v.id and d.text = v.text returning d.id)
       update search_collections set version = version + 1
         where name = $1 and exists (select from changed)`,
      [
        collection,
        modelSha,
        documents.map(({ id }) => id),
        documents.map(({ text }) => text),
        documents.map(({ vector }) => (vector === null ? null : toBytes(vector))),
      ],
    );
  }

  /** Removes one document; false when there is none. */
  async remove(collection: string, id: string): Promise<boolean> {
    const rows = await this.#database.query(
      'remove_document',
      `with gone as (delete from search_documents where collection = $1 and id = $2 returning id)
       update search_collections set version = version + 1
         where name = $1 and exists (select from gone) returning name`,
      [collection, id],
    );
    return rows.length > 0;
  }

  /** Removes a collection with its documents; false when there is none. */
  async drop(collection: string): Promise<boolean> {
    const rows = await this.#database.query(
      'drop_collection',
      'delete from search_collections where name = $1 returning name',
      [collection],
    );
    return rows.length > 0;
  }

  /** All documents of a collection in order of their ids, a few hundred at a time. */
  async *documents(collection: string): AsyncGenerator<readonly StoredDocument[]> {
    let after = '';
    for (;;) {
      const rows = await this.#database.query<Row>(
        'read_documents',
        `select id, text, metadata, model_sha, vector from search_documents
           where collection = $1 and id > $2 order by id limit $3`,
        [collection, after, READ_AT_ONCE],
      );
      if (rows.length > 0) yield rows.map(toDocument);
      if (rows.length < READ_AT_ONCE) return;
      after = rows.at(-1)?.id ?? after;
    }
  }
}

function toDocument({ id, text, metadata, model_sha: modelSha, vector }: Row): StoredDocument {
  return { id, text, metadata, modelSha, vector: vector === null ? null : fromBytes(vector) };
}

function toBytes(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** Copied: the driver's buffer may begin at an address that float32 cannot be read from. */
function fromBytes(bytes: Buffer): Float32Array {
  return new Float32Array(Uint8Array.from(bytes).buffer);
}
