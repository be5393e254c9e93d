import { isDeepStrictEqual } from 'node:util';
import type { UpstreamClient } from '../http1/upstream-client.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import type { CircuitState } from './circuit-breaker.ts';
import type { IdToken } from './id-token.ts';
import { OutlierEjection } from './outlier-ejection.ts';
import { RetryBudget } from './retry-budget.ts';
import { retryVerdict } from './retry-rule.ts';
import { Target } from './target.ts';
import type { UpstreamSettings } from './upstream-settings.ts';
import type { FailedAttempt, UpstreamTarget } from './upstream-target.ts';
import { WeightedRoundRobin } from './weighted-round-robin.ts';

/** What an upstream is made with; replaced in tests. */
export interface UpstreamFactories {
  client: (url: URL, settings: UpstreamSettings) => UpstreamClient;
  idToken: (audience: string) => IdToken;
  clock: () => number;
  random: () => number;
}

/** State of one target, for metrics and the admin API. */
export interface TargetState {
  /** The upstream's name, with the target's number when there are several. */
  label: string;
  circuit: CircuitState;
  ejected: boolean;
  inflight: number;
  up: boolean;
}

/** A named group of targets that answer alike: balanced, with circuits and a retry budget. */
export class Upstream {
  readonly name: string;
  readonly settings: UpstreamSettings;
  readonly targets: readonly Target[];
  readonly #tokens: readonly IdToken[];
  readonly #clock: () => number;
  readonly #balance: WeightedRoundRobin;
  readonly #ejection: OutlierEjection;
  readonly #budget = new RetryBudget();
  /** Set before each pick: the predicates below are made once, not per request. */
  #now = 0;
  #excluded: Target | undefined;

  constructor(name: string, settings: UpstreamSettings, factories: UpstreamFactories) {
    this.name = name;
    this.settings = settings;
    this.#clock = factories.clock;
    this.#balance = new WeightedRoundRobin(settings.targets.map(({ weight }) => weight));
    this.#ejection = new OutlierEjection(settings.targets.length);
    const tokens: IdToken[] = [];
    const failureStatuses = new Set(settings.breaker.failureStatuses);
    this.targets = settings.targets.map(({ url: text }, index) => {
      const url = new URL(text);
      const token = settings.auth === 'none' ? null : factories.idToken(url.origin);
      if (token !== null) tokens.push(token);
      return new Target({
        name,
        url,
        client: factories.client(url, settings),
        breaker: new CircuitBreaker(settings.breaker, factories.random),
        failureStatuses,
        token,
        clock: factories.clock,
        ended: (outcome, now) => {
          if (outcome === 'failed') this.#ejection.failed(index, now);
          else this.#ejection.succeeded(index);
        },
      });
    });
    this.#tokens = tokens;
  }

  /** Null when requests can be sent at once; else whether they can after a wait (for an ID token). */
  prepare(): Promise<boolean> | null {
    for (const token of this.#tokens) {
      const fetched = token.ensure();
      if (fetched !== null) return fetched;
    }
    return null;
  }

  /** The target of a request's first attempt; null while every circuit is open. */
  pick(): UpstreamTarget | null {
    const now = this.#clock();
    const target = this.#choose(now, undefined);
    if (target === undefined) return null;
    this.#budget.requested(now);
    return target.send(now);
  }

  /** Where a failed attempt may be repeated; null for nowhere. */
  retry(failed: FailedAttempt): UpstreamTarget | null {
    const verdict = retryVerdict(failed);
    if (verdict === 'no') return null;
    const now = this.#clock();
    const refused = this.targets.find(({ host, client }) => {
      return host === failed.target.host && client === failed.target.client;
    });
    const excluded = verdict === 'other_target' || this.targets.length > 1 ? refused : undefined;
    let target = this.#choose(now, excluded);
    if (target === undefined && verdict === 'any_target') target = this.#choose(now, undefined);
    if (target === undefined || !this.#budget.take(now)) return null;
    return target.send(now);
  }

  /** Until the first of the open circuits lets a probe through, in whole seconds, at least one. */
  retryAfterSeconds(): number {
    const now = this.#clock();
    const waits = this.targets.map(({ breaker }) => breaker.retryAfterMs(now));
    return Math.max(1, Math.ceil(Math.min(...waits) / 1_000));
  }

  states(): TargetState[] {
    const now = this.#clock();
    return this.targets.map(({ breaker, inflight, health }, index) => ({
      label: this.targets.length === 1 ? this.name : `${this.name}/${index}`,
      circuit: breaker.state(now),
      ejected: this.#ejection.isEjected(index, now),
      inflight,
      up: health.isUp,
    }));
  }

  /** Whether another configuration may keep this one with its connections and circuits. */
  serves(settings: UpstreamSettings): boolean {
    return isDeepStrictEqual(this.settings, settings);
  }

  /** Lets what is under way finish, then closes the connections. */
  async close(): Promise<void> {
    for (const token of this.#tokens) token.stop();
    await Promise.all(this.targets.map(({ client }) => client.close()));
  }

  /** Cuts what is under way. */
  destroy(): void {
    for (const token of this.#tokens) token.stop();
    for (const { client } of this.targets) client.destroy();
  }

  #choose(now: number, excluded: Target | undefined): Target | undefined {
    const [only] = this.targets;
    if (this.targets.length === 1 && only !== undefined) {
      return only !== excluded && only.breaker.allows(now) ? only : undefined;
    }
    this.#now = now;
    this.#excluded = excluded;
    let index = this.#balance.pick(this.#isHealthy);
    // All that are left are ejected: better a doubtful target than none.
    if (index < 0) index = this.#balance.pick(this.#isAllowed);
    return this.targets[index];
  }

  readonly #isAllowed = (index: number): boolean => {
    const target = this.targets[index];
    return target !== undefined && target !== this.#excluded && target.breaker.allows(this.#now);
  };

  readonly #isHealthy = (index: number): boolean =>
    !this.#ejection.isEjected(index, this.#now) && this.#isAllowed(index);
}
