import type { Log } from '../log.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { ModelVersion } from './model-repository.ts';
import type { ServedVersion } from './served-version.ts';

export type RepositoryState = 'UNAVAILABLE' | 'LOADING' | 'READY' | 'UNLOADING';

/** One version in the repository and how it is; `reason` is empty when nothing is wrong. */
export interface RepositoryEntry {
  readonly name: string;
  readonly version: string;
  readonly state: RepositoryState;
  readonly reason: string;
}

/** Why a model could not be loaded or unloaded. */
export class RepositoryError extends Error {
  readonly kind: 'unknown' | 'failed';

  constructor(kind: RepositoryError['kind'], message: string) {
    super(message);
    this.name = 'RepositoryError';
    this.kind = kind;
  }
}

/** As long as a request may last; who is not done then is cut off. */
const DRAIN_MS = 60_000;

/**
 * Loads and unloads models while the service runs, one change after the other. A new version is
 * loaded beside the old one, takes over in one step when it is warm, and the old one ends when its
 * last request is answered: no request is ever without a version, or on two.
 */
export class ModelLoader {
  readonly #catalog: ModelCatalog;
  readonly #log: Log;
  readonly #loading = new Set<ServedVersion>();
  readonly #leaving = new Map<ServedVersion, Promise<void>>();
  #last: Promise<void> = Promise.resolve();

  constructor(catalog: ModelCatalog, log: Log) {
    this.#catalog = catalog;
    this.#log = log;
  }

  /**
   * Reads the repository again and serves what the model's version policy wants.
   * @throws RepositoryError; what served before then still does
   */
  load(name: string): Promise<void> {
    return this.#inTurn(() => this.#load(name));
  }

  /** Serves no version of the model any more; resolves once new requests are refused. */
  unload(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const versions = this.#catalog.versionsOf(name);
      if (versions.length === 0) throw new RepositoryError('unknown', 'the model is not loaded');
      this.#catalog.serve(name, []);
      for (const version of versions) this.#retire(version);
      await Promise.resolve();
    });
  }

  /** Every version in the repository, by name and from the newest. */
  async index(): Promise<RepositoryEntry[]> {
    const { models, refused, unwanted } = await this.#catalog.list();
    const live = [
      ...this.#catalog.served().map((served) => toEntry(served)),
      ...[...this.#loading].map((served) => toEntry(served)),
      ...[...this.#leaving.keys()].map((served) => toEntry(served, 'UNLOADING')),
    ];
    const known = new Set(live.map(keyOf));
    const idle = [
      ...models.map((model) => this.#unavailable(model, 'not loaded')),
      ...refused.map((model) => this.#unavailable(model, model.reason)),
      ...unwanted.map((model) => this.#unavailable(model, 'not in the version policy')),
    ].filter((entry) => !known.has(keyOf(entry)));
    return [...live, ...idle].sort(
      (a, b) => a.name.localeCompare(b.name) || Number(b.version) - Number(a.version),
    );
  }

  /** Waits for what is on its way out; loads under way end with their lanes. */
  async stop(): Promise<void> {
    await Promise.all([...this.#loading].map((served) => served.stop()));
    await Promise.all([...this.#leaving.keys()].map((served) => served.stop()));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    // The next one does not care how this one ended; its caller is told.
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #load(name: string): Promise<void> {
    const wanted = await this.#wanted(name);
    const current = this.#catalog.versionsOf(name);
    const kept = current.filter(({ model }) => wanted.some((one) => isSame(one, model)));
    const fresh = wanted
      .filter((model) => !kept.some((served) => isSame(served.model, model)))
      .map((model) => this.#catalog.create(model));
    const failures = await this.#start(fresh);
    const loaded = fresh.filter((served) => !failures.has(served));
    // A failed load retires nothing but what another file of the same version replaces.
    const replaced = (old: ServedVersion): boolean =>
      failures.size === 0
        ? !kept.includes(old)
        : loaded.some(({ model }) => model.version === old.model.version);
    const leaving = current.filter(replaced);
    this.#catalog.serve(name, [...current.filter((old) => !replaced(old)), ...loaded]);
    for (const old of leaving) this.#retire(old);
    const [failure] = failures;
    if (failure === undefined) return;
    const [{ model }, reason] = failure;
    throw new RepositoryError('failed', `${name}/${model.version} could not be loaded: ${reason}`);
  }

  async #wanted(name: string): Promise<readonly ModelVersion[]> {
    const { models, refused } = await this.#catalog.list();
    const wanted = models.filter((model) => model.name === name);
    if (wanted.length > 0) return wanted;
    const bad = refused.find((model) => model.name === name);
    if (bad === undefined) throw new RepositoryError('unknown', 'the repository has no such model');
    throw new RepositoryError('failed', `${name}/${bad.version} was refused: ${bad.reason}`);
  }

  /** Starts versions beside those that serve; gives those that failed, with the reason. */
  async #start(fresh: readonly ServedVersion[]): Promise<Map<ServedVersion, string>> {
    const failures = new Map<ServedVersion, string>();
    await Promise.all(
      fresh.map(async (served) => {
        const key = keyOf(served.model);
        this.#loading.add(served);
        served.start();
        const reason = await served.loaded;
        this.#loading.delete(served);
        if (reason === undefined) {
          this.#catalog.failures.delete(key);
          return;
        }
        failures.set(served, reason);
        this.#catalog.failures.set(key, reason);
        this.#log.error('Model not loaded', { code: 'MODEL_LOAD_FAILED', model: key, reason });
        await served.stop();
      }),
    );
    return failures;
  }

  #retire(served: ServedVersion): void {
    const left = served.retire(DRAIN_MS).finally(() => this.#leaving.delete(served));
    this.#leaving.set(served, left);
  }

  #unavailable(model: { name: string; version: string }, reason: string): RepositoryEntry {
    const { name, version } = model;
    const failure = this.#catalog.failures.get(keyOf(model));
    return { name, version, state: 'UNAVAILABLE', reason: failure ?? reason };
  }
}

function isSame(a: ModelVersion, b: ModelVersion): boolean {
  // The configuration names the checksums of all files.
  return a.version === b.version && JSON.stringify(a.config) === JSON.stringify(b.config);
}

function keyOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}/${version}`;
}

const STATES = { ready: 'READY', loading: 'LOADING', failed: 'UNAVAILABLE' } as const;

function toEntry({ model, runtime }: ServedVersion, state?: RepositoryState): RepositoryEntry {
  const { name, version } = model;
  const { state: now, reason = '' } = runtime.state;
  return { name, version, state: state ?? STATES[now], reason: state === undefined ? reason : '' };
}
