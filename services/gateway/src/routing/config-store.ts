import { checkDocument } from './check-document.ts';
import type { ConfigProblem } from './check-document.ts';
import type { ConfigDocument } from './config-document.ts';
import { ConfigChangeError } from './config-repository.ts';
import type { ConfigRepository, ConfigVersion, NewConfigVersion } from './config-repository.ts';
import { compileSnapshot } from './snapshot.ts';
import type { RoutingSnapshot } from './snapshot.ts';
import type { Upstream, UpstreamFactories } from '../upstreams/upstream.ts';

/** Who changes the configuration, and why; kept with the version. */
export interface ConfigChange {
  actor: string;
  comment: string;
  /** The version that the change was made from; a newer one refuses it. */
  after?: number | undefined;
  /** Committed together with the version, or not at all (`NewConfigVersion`). */
  alongside?: NewConfigVersion['alongside'];
}

export interface ConfigStoreEvents {
  /** Called right after it is in force. */
  applied: (snapshot: RoutingSnapshot, version: ConfigVersion) => void;
  /** A version came that can't be used here; the old one is kept. */
  refused: (source: string, problems: readonly ConfigProblem[]) => void;
}

export interface ConfigStoreOptions {
  repository: () => Promise<ConfigRepository>;
  factories: UpstreamFactories;
  events: ConfigStoreEvents;
  /** The document comes from a file and is changed there only. */
  readOnly: boolean;
}

/**
 * Holds the configuration in force and changes it atomically: a document is checked and compiled as
 * a whole before the one reference is exchanged. Requests under way end on the snapshot they began
 * with; upstreams that no snapshot uses any more are closed when the last of them is through.
 */
export class ConfigStore {
  readonly #options: ConfigStoreOptions;
  readonly #live = new Set<RoutingSnapshot>();
  #current: RoutingSnapshot;
  #refusedVersion = 0;
  #checking: Promise<void> | undefined;

  constructor(document: unknown, options: ConfigStoreOptions) {
    this.#options = options;
    this.#current = this.#compile(0, this.#checked(document));
    this.#live.add(this.#current);
  }

  /** What the next request is decided by. */
  get current(): RoutingSnapshot {
    return this.#current;
  }

  /** Every upstream that still has requests, also of earlier versions. */
  upstreams(): Set<Upstream> {
    const upstreams = new Set<Upstream>();
    for (const snapshot of this.#live) {
      for (const upstream of snapshot.upstreams.values()) upstreams.add(upstream);
    }
    return upstreams;
  }

  /** Everything that is wrong with a document, each naming its field; empty when it could be applied. */
  validate(input: unknown): readonly ConfigProblem[] {
    const checked = checkDocument(input);
    return checked.ok ? [] : checked.problems;
  }

  /** Checks, stores and puts into force. Rejects with `ConfigChangeError`; then nothing changed. */
  async apply(input: unknown, change: ConfigChange): Promise<ConfigVersion> {
    if (this.#options.readOnly) {
      throw new ConfigChangeError('config_read_only', 'The configuration comes from CONFIG_FILE');
    }
    return this.#append(this.#checked(input), change);
  }

  /** Applies an earlier version again, as a new one. */
  async rollBack(version: number, change: ConfigChange): Promise<ConfigVersion> {
    const repository = await this.#options.repository();
    const earlier = await repository.read(version);
    if (earlier === null) {
      throw new ConfigChangeError('config_version_not_found', `There is no version ${version}`);
    }
    return this.apply(earlier.document, change);
  }

  /** Applied versions, newest first. */
  async history(limit = 50): Promise<ConfigVersion[]> {
    return (await this.#options.repository()).list(limit);
  }

  /** One version; null when there is none of that number. */
  async read(version: number): Promise<ConfigVersion | null> {
    return (await this.#options.repository()).read(version);
  }

  /** A new document from the file (or the environment): put into force, or refused with reasons. */
  async load(input: unknown, source: string): Promise<boolean> {
    const checked = checkDocument(input);
    if (!checked.ok) {
      this.#options.events.refused(source, checked.problems);
      return false;
    }
    await this.#append(checked.document, { actor: source, comment: '' });
    return true;
  }

  /** A source that could not even be read: the old configuration is kept. */
  refuse(source: string, problems: readonly ConfigProblem[]): Promise<boolean> {
    this.#options.events.refused(source, problems);
    return Promise.resolve(false);
  }

  /** Takes over what another instance applied. One query at a time; rejects when there is no answer. */
  check(): Promise<void> {
    this.#checking ??= this.#takeNewest().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** The process stops and requests are over: what is left are probes, and nobody waits for them. */
  destroy(): void {
    for (const upstream of this.upstreams()) upstream.destroy();
  }

  async #takeNewest(): Promise<void> {
    const newest = await (await this.#options.repository()).newest();
    if (newest === null) return;
    if (newest.version <= Math.max(this.#current.version, this.#refusedVersion)) return;
    // A newer gateway may have written what this one does not understand.
    const checked = checkDocument(newest.document);
    if (checked.ok) {
      this.#use({ ...newest, document: checked.document });
      return;
    }
    this.#refusedVersion = newest.version;
    this.#options.events.refused(`version ${newest.version}`, checked.problems);
  }

  async #append(document: ConfigDocument, change: ConfigChange): Promise<ConfigVersion> {
    const { actor, comment, after, alongside } = change;
    const repository = await this.#options.repository();
    const version = await repository.append({ document, actor, comment, after, alongside });
    // Another instance's newer version may have arrived while this one was being stored.
    if (version.version > this.#current.version) this.#use(version);
    return version;
  }

  #use(version: ConfigVersion): void {
    const next = this.#compile(version.version, version.document);
    const previous = this.#current;
    this.#live.add(next);
    this.#current = next;
    previous.retire(() => this.#forget(previous));
    this.#options.events.applied(next, version);
  }

  #forget(snapshot: RoutingSnapshot): void {
    this.#live.delete(snapshot);
    const used = this.upstreams();
    for (const upstream of snapshot.upstreams.values()) {
      // `close` lets probes that are under way end; there are no requests any more.
      if (!used.has(upstream)) upstream.close().catch(() => undefined);
    }
  }

  #compile(version: number, document: ConfigDocument): RoutingSnapshot {
    return compileSnapshot({ version, document }, this.#previous(), this.#options.factories);
  }

  /** Undefined while the first one is made. */
  #previous(): RoutingSnapshot | undefined {
    return this.#live.size === 0 ? undefined : this.#current;
  }

  #checked(input: unknown): ConfigDocument {
    const checked = checkDocument(input);
    if (checked.ok) return checked.document;
    const [first] = checked.problems;
    const message = `${first?.field ?? ''} ${first?.reason ?? ''}`.trim();
    throw new ConfigChangeError('config_invalid', message, { problems: checked.problems });
  }
}
