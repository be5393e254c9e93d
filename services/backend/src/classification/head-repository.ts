import type { Database } from '../data/postgres.ts';

export interface Example {
  readonly text: string;
  readonly label: string;
}

/** A head as it is stored; `onnx` takes the vectors of the model whose sha256 is `modelSha`. */
export interface StoredHead {
  readonly name: string;
  /** Raised by every training. */
  readonly version: number;
  readonly modelSha: string;
  readonly labels: readonly string[];
  readonly examples: readonly Example[];
  readonly accuracy: number;
  readonly onnx: Uint8Array;
}

export interface HeadSummary extends Omit<StoredHead, 'examples' | 'onnx'> {
  readonly examples: number;
}

interface Row {
  name: string;
  version: number;
  model_sha: string;
  labels: string[];
  examples: Example[];
  accuracy: number;
  onnx: Buffer;
}

/** Where heads are kept. */
export type HeadStore = Pick<HeadRepository, 'list' | 'version' | 'read' | 'put' | 'drop'>;

/** Heads in Postgres. */
export class HeadRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<HeadSummary[]> {
    const rows = await this.#database.query<Omit<Row, 'onnx' | 'examples'> & { examples: number }>(
      'list_heads',
      `select name, version, model_sha, labels, jsonb_array_length(examples) as examples, accuracy
         from classification_heads order by name`,
    );
    return rows.map(({ model_sha: modelSha, ...rest }) => ({ ...rest, modelSha }));
  }

  /** Its version alone, which says whether a head in memory is the current one. */
  async version(name: string): Promise<number | null> {
    const [row] = await this.#database.query<{ version: number }>(
      'read_head_version',
      'select version from classification_heads where name = $1',
      [name],
    );
    return row?.version ?? null;
  }

  async read(name: string): Promise<StoredHead | null> {
    const [row] = await this.#database.query<Row>(
      'read_head',
      `select name, version, model_sha, labels, examples, accuracy, onnx
         from classification_heads where name = $1`,
      [name],
    );
    if (row === undefined) return null;
    const { model_sha: modelSha, ...rest } = row;
    return { ...rest, modelSha };
  }

  /** Stores a trained head under the next version, which is returned. */
  async put(head: Omit<StoredHead, 'version'>): Promise<number> {
    const { name, modelSha, labels, examples, accuracy, onnx } = head;
    const [row] = await this.#database.query<{ version: number }>(
      'put_head',
      `insert into classification_heads (name, model_sha, labels, examples, accuracy, onnx)
         values ($1, $2, $3::jsonb, $4::jsonb, $5, $6)
       on conflict (name) do update set version = classification_heads.version + 1,
         model_sha = excluded.model_sha, labels = excluded.labels, examples = excluded.examples,
         accuracy = excluded.accuracy, onnx = excluded.onnx, trained_at = now()
       returning version`,
      [
        name,
        modelSha,
        JSON.stringify(labels),
        JSON.stringify(examples),
        accuracy,
        Buffer.from(onnx),
      ],
    );
    return row?.version ?? 1;
  }

  /** Removes a head; false when there is none. */
  async drop(name: string): Promise<boolean> {
    const rows = await this.#database.query(
      'drop_head',
      'delete from classification_heads where name = $1 returning name',
      [name],
    );
    return rows.length > 0;
  }
}
