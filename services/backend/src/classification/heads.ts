import type { LinearHead, TrainedHead, TrainingSet } from '../analysis/classify/train-head.ts';
import { maskVariables, WILDCARD } from '../analysis/logs/mask-variables.ts';
import { readHead, writeHead } from '../onnx/head-graph.ts';
import type { TextEmbedder } from '../search/collections.ts';
import type { Example, HeadStore, HeadSummary, StoredHead } from './head-repository.ts';

/** A head that is ready for use. */
export interface Head {
  readonly name: string | null;
  readonly version: number;
  readonly modelSha: string;
  readonly labels: readonly string[];
  readonly examples: number;
  /** Share of the examples that heads trained without them label rightly. */
  readonly accuracy: number;
  readonly layer: LinearHead;
}

type Train = (set: TrainingSet) => Promise<TrainedHead>;

/** Heads of inline examples and of replaced versions are few; the memory is bounded anyway. */
const MAX_KEPT = 64;

/** What of a log line is embedded: numbers, ids and addresses say nothing about its kind. */
export function toPlainText(line: string): string {
  const plain = maskVariables(line).replaceAll(WILDCARD, '').replaceAll(/\s+/g, ' ').trim();
  return plain === '' ? line : plain;
}

/** Trains a head on examples with the vectors of one model. */
export async function trainOn(
  examples: readonly Example[],
  { embedder, train }: { embedder: TextEmbedder; train: Train },
): Promise<Omit<Head, 'name' | 'version'>> {
  const labels = [...new Set(examples.map(({ label }) => label))].sort();
  const vectors = await embedder.embed(examples.map(({ text }) => toPlainText(text)));
  const indexes = examples.map(({ label }) => labels.indexOf(label));
  const { accuracy, ...layer } = await train({ vectors, labels: indexes, classes: labels.length });
  return { modelSha: embedder.sha, labels, examples: examples.length, accuracy, layer };
}

/**
 * Named heads, kept as ONNX files in Postgres with the examples that they were trained from. A use asks
 * for the version, so that what another instance trained counts at once; under another model than the
 * one that it was trained on a head is trained anew from its examples.
 */
export class Heads {
  readonly #repository: HeadStore;
  readonly #train: Train;
  readonly #kept = new Map<string, Head>();

  constructor(repository: HeadStore, train: Train) {
    this.#repository = repository;
    this.#train = train;
  }

  list(): Promise<HeadSummary[]> {
    return this.#repository.list();
  }

  /** Trains a head and stores it under the next version of its name. */
  async put(name: string, examples: readonly Example[], embedder: TextEmbedder): Promise<Head> {
    const trained = await trainOn(examples, { embedder, train: this.#train });
    const { modelSha, labels, accuracy } = trained;
    const onnx = writeHead(trained.layer);
    const stored = { name, modelSha, labels, examples, accuracy, onnx };
    return this.#keep({ ...trained, name, version: await this.#repository.put(stored) });
  }

  /** The head of that name for the model that is served; null when there is none. */
  async get(name: string, embedder: TextEmbedder): Promise<Head | null> {
    const version = await this.#repository.version(name);
    if (version === null) return null;
    const kept = this.#kept.get(name);
    if (kept?.version === version && kept.modelSha === embedder.sha) return kept;
    const stored = await this.#repository.read(name);
    if (stored === null) return null;
    if (stored.modelSha !== embedder.sha) return this.put(name, stored.examples, embedder);
    return this.#keep(toHead(stored));
  }

  /** The file of a head as it is stored; null when there is none. */
  async file(name: string): Promise<Uint8Array | null> {
    return (await this.#repository.read(name))?.onnx ?? null;
  }

  async drop(name: string): Promise<boolean> {
    this.#kept.delete(name);
    return await this.#repository.drop(name);
  }

  #keep(head: Head & { name: string }): Head {
    this.#kept.set(head.name, head);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    return head;
  }
}

function toHead(stored: StoredHead): Head & { name: string } {
  const { name, version, modelSha, labels, examples, accuracy, onnx } = stored;
  const layer = readHead(onnx);
  return { name, version, modelSha, labels, examples: examples.length, accuracy, layer };
}
