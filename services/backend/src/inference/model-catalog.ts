import type { ModelSummary } from '@omni/contracts/summary.ts';
import type { Observation } from '../health/part-state.ts';
import { Embedder } from './embedder.ts';
import type { StageTimes } from './inference-metrics.ts';
import type { ModelListing, ModelVersion, RefusedModel } from './model-repository.ts';
import { listModels } from './model-repository.ts';
import type { ModelRuntime, ServedOptions } from './served-version.ts';
import { ServedVersion } from './served-version.ts';
import type { RuleOf } from './traffic-rule.ts';
import { chooseVersion } from './traffic-rule.ts';
import type { PolicyOf } from './version-policy.ts';

export interface CatalogOptions extends ServedOptions {
  readonly modelsDir: string;
  readonly policyOf: PolicyOf;
  readonly ruleOf: RuleOf;
}

/** All models of the repository and how they are. Empty until `load` has listed the folder. */
export class ModelCatalog {
  readonly #options: CatalogOptions;
  /** By name, the newest version first. */
  readonly #served = new Map<string, readonly ServedVersion[]>();
  readonly #byRuntime = new WeakMap<ModelRuntime, ServedVersion>();
  /** Versions whose load failed while others kept serving: `name/version` to reason. */
  readonly failures = new Map<string, string>();
  #refused: readonly RefusedModel[] = [];
  #stopping = false;
  #listing: 'pending' | 'done' | { readonly failure: string } = 'pending';

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  /** Lists the models and starts their lanes; a folder that cannot be read is a state, not a throw. */
  async load(): Promise<void> {
    const { log } = this.#options;
    try {
      const { models } = await this.list();
      for (const name of new Set(models.map((model) => model.name))) {
        const versions = models.filter((model) => model.name === name);
        const served = versions.map((model) => this.create(model));
        this.serve(name, served);
        for (const one of served) this.#startAtBoot(one);
      }
      this.#listing = models.length > 0 ? 'done' : { failure: 'the model folder has no model' };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#listing = { failure: `the model folder cannot be read: ${reason}` };
    }
    for (const { name, reason } of this.#refused) {
      log.error('Model refused', { code: 'MODEL_REFUSED', model: name, reason });
    }
    if (typeof this.#listing === 'object') {
      log.error('No model', { code: 'MODELS_MISSING', reason: this.#listing.failure });
    }
  }

  #startAtBoot(served: ServedVersion): void {
    served.start();
    served.loaded
      .then(async (failure) => {
        if (failure !== undefined) await this.#stepIn(served, failure);
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#options.log.error('No older version', { code: 'MODEL_LOAD_FAILED', reason });
      });
  }

  /**
   * At the start nothing serves beside a version that cannot: older ones that the policy wants in its
   * place are started. When there is none it goes on trying by itself.
   */
  async #stepIn(failed: ServedVersion, reason: string): Promise<void> {
    const { name, version } = failed.model;
    // Or an operator was faster.
    if (this.#stopping || !this.versionsOf(name).includes(failed)) return;
    const known = new Map([...this.failures, [`${name}/${version}`, reason]]);
    const { models } = await this.list(known);
    const serving = this.versionsOf(name);
    const older = models.filter(
      (model) => model.name === name && !serving.some((one) => one.model.version === model.version),
    );
    if (older.length === 0 || !serving.includes(failed)) return;
    this.failures.set(`${name}/${version}`, reason);
    const { log } = this.#options;
    const model = `${name}/${version}`;
    log.error('An older version steps in', { code: 'MODEL_LOAD_FAILED', model, reason });
    const instead = older.map((one) => this.create(one));
    this.serve(name, [...serving.filter((one) => one !== failed), ...instead]);
    for (const one of instead) this.#startAtBoot(one);
    await failed.stop();
  }

  /** Reads the folder again under the version policies; `known`: versions that cannot serve, and why. */
  async list(known?: ReadonlyMap<string, string>): Promise<ModelListing> {
    const listing = await listModels(this.#options.modelsDir, this.#options.policyOf, known);
    this.#refused = listing.refused;
    return listing;
  }

  /** Makes what runs a version, without starting or serving it. */
  create(model: ModelVersion): ServedVersion {
    const served = new ServedVersion(model, this.#options);
    this.#byRuntime.set(served.runtime, served);
    return served;
  }

  /** From now on exactly these versions of a model get its requests. */
  serve(name: string, versions: readonly ServedVersion[]): void {
    if (versions.length === 0) {
      this.#served.delete(name);
      return;
    }
    this.#listing = 'done';
    const newest = (a: ServedVersion, b: ServedVersion): number =>
      Number(b.model.version) - Number(a.model.version);
    this.#served.set(name, [...versions].sort(newest));
  }

  /** All versions that get requests. */
  served(): readonly ServedVersion[] {
    return [...this.#served.values()].flat();
  }

  versionsOf(name: string): readonly ServedVersion[] {
    return this.#served.get(name) ?? [];
  }

  /** The named version, or the newest ready one, or the newest when none is ready. */
  resolve(name: string, version?: string): ServedVersion | undefined {
    const versions = this.versionsOf(name);
    if (version !== undefined) return versions.find(({ model }) => model.version === version);
    return versions.find(({ ready }) => ready) ?? versions[0];
  }

  /** What embeds, of every name the version that unversioned requests get. */
  embedders(): readonly Embedder[] {
    return [...this.#served.keys()].flatMap((name) => this.find(name) ?? []);
  }

  /** The embedder of that name; with a sticky key, the one that the traffic rule gives to it. */
  find(name: string, stickyKey?: string): Embedder | undefined {
    const served = stickyKey === undefined ? this.resolve(name) : this.share(name, stickyKey);
    return served?.runtime instanceof Embedder ? served.runtime : undefined;
  }

  /**
   * The version that an unversioned request gets: by the model's traffic rule, or the newest ready
   * one when there is no rule or the rule's version is not ready.
   */
  share(name: string, stickyKey: string): ServedVersion | undefined {
    const rule = this.#options.ruleOf(name);
    if (rule === undefined) return this.resolve(name);
    const chosen = this.resolve(name, chooseVersion(rule, stickyKey));
    return chosen?.ready === true ? chosen : this.resolve(name);
  }

  /** The version that something runs. */
  servedBy(runtime: ModelRuntime): ServedVersion | undefined {
    return this.#byRuntime.get(runtime);
  }

  /** Runs one request on a model and counts how it ended. */
  async counted<Result extends StageTimes>(
    runtime: ModelRuntime,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const served = this.servedBy(runtime);
    return await (served === undefined ? work() : served.run(work));
  }

  /** The `ai` part of the service's health. */
  observe(): Observation {
    if (this.#listing === 'pending') {
      return { state: 'starting', reason: 'the model folder is being read' };
    }
    if (this.#listing !== 'done') return { state: 'down', reason: this.#listing.failure };
    const facts = this.#facts();
    const states = this.served().map(({ model, runtime }) => ({ model, ...runtime.state }));
    const worst =
      states.find(({ state }) => state === 'failed') ??
      states.find(({ state }) => state === 'loading');
    if (worst !== undefined) {
      const what = worst.reason ?? `loading, step ${worst.phase ?? 'start'}`;
      const state = worst.state === 'failed' ? 'down' : 'starting';
      return { state, reason: `${worst.model.name}: ${what}`, facts };
    }
    const reason = this.#complaint();
    return reason === undefined ? { state: 'ok', facts } : { state: 'degraded', reason, facts };
  }

  summaries(): ModelSummary[] {
    const served = this.served().map(({ model, runtime }): ModelSummary => {
      const { name, version, config } = model;
      const { state, reason } = runtime.state;
      const limits =
        config.task === 'embedding' ? { dims: config.dims, maxTokens: config.maxTokens } : {};
      return {
        name,
        version,
        state,
        ...(reason === undefined ? {} : { reason }),
        ...limits,
        sha256: config.sha256['model.onnx'],
      };
    });
    const refused = this.#refused.map((model): ModelSummary => ({ ...model, state: 'failed' }));
    return [...served, ...refused];
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.served().map((served) => served.stop()));
  }

  /** What is wrong although everything that is served is ready. */
  #complaint(): string | undefined {
    const [refused] = this.#refused;
    if (refused !== undefined) {
      return `${refused.name}/${refused.version} was refused: ${refused.reason}`;
    }
    const [failure] = this.failures;
    return failure === undefined ? undefined : `${failure[0]} could not be loaded: ${failure[1]}`;
  }

  #facts(): Readonly<Record<string, string>> {
    const served = this.served();
    const sum = (pick: (runtime: ModelRuntime) => number): number =>
      served.reduce((total, { runtime }) => total + pick(runtime), 0);
    return {
      model: served.map(({ model }) => `${model.name}/${model.version}`).join(', '),
      lanes: `${sum((one) => one.lanes.ready)} of ${sum((one) => one.lanes.total)}`,
      queue: `${sum((one) => one.queue.depth)} of ${sum((one) => one.queue.limit)}`,
    };
  }
}
