import type { CounterMetric, HistogramMetric, MetricRegistry } from '@omni/kit/metric-registry.ts';
import { cosine } from './cosine.ts';
import { Embedder } from './embedder.ts';
import type { EmbedItem } from './lane-protocol.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { ServedVersion } from './served-version.ts';

/** Version that gets copies of a model's requests. */
export type ShadowOf = (model: string) => string | undefined;

export const noShadow: ShadowOf = () => undefined;

/**
 * Reads `minilm=2; scale=3`.
 * @returns undefined when the text says nothing of the kind
 */
export function parseShadows(text: string): ShadowOf | undefined {
  const versions = new Map<string, string>();
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const [, name, version] = /^([\w.-]+)=([1-9]\d*)$/.exec(part) ?? [];
    if (name === undefined || version === undefined) return undefined;
    versions.set(name, version);
  }
  return (model) => versions.get(model);
}

/** What two versions can be compared by. */
export interface Comparable {
  readonly vectors: readonly ArrayLike<number>[];
  readonly inferMs: number;
}

/** A copy that takes longer is given up. */
export const SHADOW_TIMEOUT_MS = 10_000;

type Label = 'model' | 'model_version';
const LABELS: readonly Label[] = ['model', 'model_version'];

/**
 * Copies of answered requests on another version: what it would have said and how long it would have
 * taken, without anybody waiting for it. A copy runs only while nothing else waits, one at a time;
 * every other one is dropped.
 */
export class Shadow {
  readonly #catalog: ModelCatalog;
  readonly #shadowOf: ShadowOf;
  readonly #busy = new Set<string>();
  readonly #copies: CounterMetric<Label | 'result'>;
  readonly #cosine: HistogramMetric<Label>;
  readonly #latency: HistogramMetric<Label>;

  constructor(catalog: ModelCatalog, shadowOf: ShadowOf, registry: MetricRegistry) {
    this.#catalog = catalog;
    this.#shadowOf = shadowOf;
    this.#copies = registry.counter({
      name: 'ml_shadow_requests_total',
      help: 'Copies of requests for a shadow version: compared, dropped under load, failed',
      labelNames: [...LABELS, 'result'],
    });
    this.#cosine = registry.histogram({
      name: 'ml_shadow_cosine',
      help: 'Cosine between the answer and that of the shadow version',
      labelNames: LABELS,
      buckets: [0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 1.0001],
    });
    this.#latency = registry.histogram({
      name: 'ml_shadow_latency_ratio',
      help: 'Run time of the shadow version / run time of the version that answered',
      labelNames: LABELS,
      buckets: [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 4],
    });
  }

  /**
   * Runs a request again on the shadow version of `served` and compares; call when the answer is out.
   * Returns at once and never throws.
   */
  copy(
    served: ServedVersion,
    answered: Comparable,
    run: (shadow: ServedVersion) => Promise<Comparable>,
  ): void {
    const shadow = this.#target(served);
    if (shadow === undefined) return;
    const labels = labelsOf(shadow);
    const { name } = shadow.model;
    const end = (result: 'compared' | 'failed'): void => {
      this.#busy.delete(name);
      this.#copies.inc({ ...labels, result });
    };
    this.#busy.add(name);
    run(shadow).then(
      (copy) => {
        this.#compare(labels, answered, copy);
        end('compared');
      },
      // Counted here, and with its kind by the metrics of the version.
      () => end('failed'),
    );
  }

  /** `copy` of a request that embeds. */
  copyTexts(embedder: Embedder, answered: Comparable, items: readonly EmbedItem[]): void {
    const served = this.#catalog.servedBy(embedder);
    if (served === undefined) return;
    this.copy(served, answered, (shadow) =>
      shadow.run(async () => {
        const { runtime } = shadow;
        if (!(runtime instanceof Embedder)) throw new Error('the shadow version does not embed');
        return runtime.embed({ items, timeoutMs: SHADOW_TIMEOUT_MS });
      }),
    );
  }

  /** The version to copy a request of `served` to; undefined without one, and under load. */
  #target(served: ServedVersion): ServedVersion | undefined {
    const { name, version } = served.model;
    const wanted = this.#shadowOf(name);
    if (wanted === undefined || wanted === version) return undefined;
    const shadow = this.#catalog.resolve(name, wanted);
    if (shadow?.ready !== true) return undefined;
    const waiting = served.runtime.queue.depth + shadow.runtime.queue.depth;
    if (waiting === 0 && !this.#busy.has(name)) return shadow;
    this.#copies.inc({ ...labelsOf(shadow), result: 'dropped' });
    return undefined;
  }

  #compare(labels: Record<Label, string>, answered: Comparable, copy: Comparable): void {
    answered.vectors.forEach((vector, at) => {
      this.#cosine.observe(cosine(vector, copy.vectors[at] ?? []), labels);
    });
    // What a cache answered says nothing about speed.
    if (answered.inferMs === 0 || copy.inferMs === 0) return;
    this.#latency.observe(copy.inferMs / answered.inferMs, labels);
  }
}

function labelsOf({ model }: ServedVersion): Record<Label, string> {
  return { model: model.name, model_version: model.version };
}
