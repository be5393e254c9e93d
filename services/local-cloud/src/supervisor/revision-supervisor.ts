import type { RevisionRecord } from '../model/resources.ts';
import { livenessProbe, runtimeLimits, startupProbe } from '../model/template-defaults.ts';
import type { RuntimeLimits } from '../model/template-defaults.ts';
import { NoInstance } from '../router/upstream-pool.ts';
import { STABLE_MS } from './back-off.ts';
import { desiredInstances } from './desired-instances.ts';
import type { RevisionFailure } from './instance-environment.ts';
import type {
  InstanceExit,
  InstanceFactory,
  RunningInstance,
  StopTimes,
} from './instance-factory.ts';
import { untilAlive } from './liveness.ts';
import { pickInstance } from './pick-instance.ts';
import { Restarts } from './restarts.ts';
import { exitFailure, neverReadyFailure, stopping, toFailure } from './revision-failures.ts';
import { NO_SHARE, boundsOf } from './service-share.ts';
import type { ServiceShare } from './service-share.ts';
import { WaitingLine } from './waiting-line.ts';

const HOLD_WHILE_RESTARTING_MS = 2_000;
const LONGEST_LINE = 1_000;
/** How long a request waits for room when no further instance may be started. */
const LONGEST_WAIT_MS = 10_000;
const MAX_PORT_RACES = 2;

export interface RevisionTimes {
  readonly warmMs: number;
  readonly idleMs: number;
}

/** Keeps the right number of instances of one revision alive and hands them out to requests. */
export class RevisionSupervisor {
  readonly revision: RevisionRecord;
  readonly limits: RuntimeLimits;
  readonly #factory: InstanceFactory;
  readonly #times: RevisionTimes;
  readonly #instances = new Set<RunningInstance>();
  readonly #line = new WaitingLine<RunningInstance>();
  /** Who deploys waits for an instance that is ready, however many requests are in line for it. */
  readonly #bringUps = new WaitingLine<true>();
  readonly #neverReady = new WeakMap<RunningInstance, RevisionFailure>();
  readonly #restarts = new Restarts();
  #serving = false;
  #share = NO_SHARE;
  #warmUntil = 0;
  #startsPending = 0;
  #portRaces = 0;
  #lastFailure: RevisionFailure | null = null;
  #stopped = false;

  constructor(revision: RevisionRecord, factory: InstanceFactory, times: RevisionTimes) {
    this.revision = revision;
    this.limits = runtimeLimits(revision.template);
    this.#factory = factory;
    this.#times = times;
  }

  instances(): RunningInstance[] {
    return [...this.#instances];
  }

  /** Traffic or a tag makes min instances apply; without them the revision stays warm for a while. */
  setServing(serving: boolean, share: ServiceShare): void {
    if (this.#serving && !serving) this.#warmUntil = Date.now() + this.#times.warmMs;
    this.#serving = serving;
    this.#share = share;
    this.scale();
  }

  /** Resolves once an instance is ready; rejects with the cause when the start fails. */
  async bringUp(): Promise<void> {
    if (this.#stopped) throw stopping();
    if (this.#hasReady()) return;
    this.#lastFailure = null;
    this.#restarts.clear();
    const ready = this.#bringUps.join(new AbortController().signal);
    this.scale();
    try {
      await ready;
      this.#warmUntil = Math.max(this.#warmUntil, Date.now() + this.#times.warmMs);
    } catch (error) {
      throw this.#causeOf(error);
    }
  }

  /** Who waited is told that nothing can serve; the one who deploys wants to know why. */
  #causeOf(error: unknown): unknown {
    return this.#lastFailure ?? error;
  }

  /** A ready instance with room, the preferred one if it has some, or null. The caller releases it. */
  take(preferred = ''): RunningInstance | null {
    const best = pickInstance(this.#instances, this.limits.concurrency, preferred);
    best?.begin();
    return best;
  }

  /** Is this one of its instances, and ready? */
  holds(id: string): boolean {
    return this.instances().some((instance) => instance.id === id && instance.state === 'ready');
  }

  /** Holds the request until an instance has room. */
  wait(signal: AbortSignal): Promise<RunningInstance> {
    const refusal = this.#refusal();
    if (refusal !== null) return Promise.reject(refusal);
    const waiting = this.#line.join(signal);
    this.scale();
    return waiting;
  }

  /** Why waiting would be in vain, or null. */
  #refusal(): NoInstance | null {
    // Nothing would ever serve or reject who joins the line of a stopped revision.
    if (this.#stopped) return stopping();
    if (this.#line.length >= LONGEST_LINE)
      return new NoInstance('Too many requests are waiting.', 1, 429);
    if (this.#hasReady()) return null;
    if (boundsOf(this.limits, this.#share).maxInstances === 0)
      return new NoInstance('The service is scaled to no instances by hand.', 60);
    const hopeless = this.#restarts.pending && this.#restarts.delayMs > HOLD_WHILE_RESTARTING_MS;
    return hopeless ? this.#unavailable() : null;
  }

  suspect(instance: RunningInstance): void {
    if (instance.suspect || instance.state !== 'ready') return;
    instance.suspect = true;
    untilAlive(instance)
      .then((alive) => {
        instance.suspect = !alive;
        this.#line.serve(() => this.take());
      })
      .catch(() => undefined); // Rejects only when the instance went: it is replaced then.
  }

  release(instance: RunningInstance): void {
    instance.end();
    this.#line.serve(() => this.take());
  }

  /** Starts what is missing. Stopping idle ones is `trim`'s, so that scaling up never waits. */
  scale(): void {
    if (this.#stopped || this.#restarts.pending) return;
    const missing = this.#desired() - this.#live().length - this.#startsPending;
    for (let count = 0; count < missing; count += 1) this.#startOne();
  }

  /** Stops idle instances above what is wanted, and ends waits in vain; called every now and then. */
  trim(now: number): void {
    this.#refuseLongWaits(now);
    const live = this.#live();
    let excess = live.length - this.#desired();
    const limit = this.#idleLimit();
    for (const instance of live) {
      if (excess <= 0) return;
      const idleMs = now - instance.idleSince;
      if (instance.state !== 'ready' || instance.inFlight > 0 || idleMs < limit) continue;
      excess -= 1;
      instance.stop().catch(() => undefined); // stop() only rejects on a programming error.
    }
  }

  #idleLimit(): number {
    if (this.#share.exact) return 0;
    return this.#serving ? this.#times.idleMs : this.#times.warmMs;
  }

  /** As many instances as may be are ready, and all are full: 429. One that starts is waited for. */
  #refuseLongWaits(now: number): void {
    const starting = this.#startsPending > 0 || this.#live().some(({ state }) => state !== 'ready');
    if (this.#line.length === 0 || starting || this.#restarts.pending) return;
    const full = new NoInstance('Every instance that the service may have is busy.', 1, 429);
    this.#line.rejectSince(now - LONGEST_WAIT_MS, full);
  }

  /** Stops everything; requests in flight may finish within the grace. */
  async stop(times?: StopTimes): Promise<void> {
    this.#stopped = true;
    this.#restarts.clear();
    this.#rejectAll(stopping());
    await Promise.all(this.instances().map((instance) => instance.stop(times)));
  }

  #desired(): number {
    return desiredInstances({
      inFlight: this.#live().reduce((sum, { inFlight }) => sum + inFlight, 0),
      waiting: this.#line.length,
      concurrency: this.limits.concurrency,
      ...boundsOf(this.limits, this.#share),
      serving: this.#serving,
      warm: this.#bringUps.length > 0 || (Date.now() < this.#warmUntil && this.#hasReady()),
    });
  }

  #live(): RunningInstance[] {
    return this.instances().filter(({ state }) => state === 'starting' || state === 'ready');
  }

  #hasReady(): boolean {
    return this.instances().some(({ state }) => state === 'ready');
  }

  #startOne(): void {
    this.#startsPending += 1;
    this.#factory
      .create(this.revision, (instance, exit) => {
        this.#onExit(instance, exit);
      })
      .then((instance) => this.#started(instance))
      .catch((error: unknown) => {
        this.#startsPending -= 1;
        this.#onFailure(toFailure(error), 0);
      });
  }

  async #started(instance: RunningInstance): Promise<void> {
    this.#startsPending -= 1;
    if (instance.state === 'gone') return;
    this.#instances.add(instance);
    if (this.#stopped) {
      await instance.stop();
      return;
    }
    const probe = startupProbe(this.revision.template);
    if (await this.#factory.untilReady(instance, probe)) {
      instance.markReady();
      this.#watch(instance);
      this.#reportWhenStable(instance);
      this.#bringUps.serve(() => true);
      this.#line.serve(() => this.take());
    } else if (!instance.signal.aborted) {
      this.#neverReady.set(instance, neverReadyFailure(probe, this.#tail()));
      instance.kill();
    }
  }

  /** A minute without a crash ends a crash loop. */
  #reportWhenStable(instance: RunningInstance): void {
    setTimeout(() => {
      if (instance.state === 'ready') this.#factory.onStable(this.revision);
    }, STABLE_MS).unref();
  }

  #watch(instance: RunningInstance): void {
    const probe = livenessProbe(this.revision.template);
    if (probe !== null) this.#factory.watchLiveness(instance, probe);
  }

  #onExit(instance: RunningInstance, exit: InstanceExit): void {
    this.#instances.delete(instance);
    if (exit.expected || this.#stopped) {
      this.scale();
      return;
    }
    if (instance.readyAt === 0 && this.#lostPortRace()) {
      this.#startOne();
      return;
    }
    const readyForMs = instance.readyAt === 0 ? 0 : Date.now() - instance.readyAt;
    this.#onFailure(this.#neverReady.get(instance) ?? exitFailure(exit, this.#tail()), readyForMs);
  }

  /** Between choosing a free port and listening on it somebody else took it: not the service's fault. */
  #lostPortRace(): boolean {
    if (!this.#tail().some((line) => line.includes('EADDRINUSE'))) return false;
    this.#portRaces += 1;
    return this.#portRaces <= MAX_PORT_RACES;
  }

  #tail(): readonly string[] {
    return this.#factory.tail(this.revision.id);
  }

  /** Something did not start: tell who waits for it, and try again later if it is still wanted. */
  #onFailure(failure: RevisionFailure, readyForMs: number): void {
    if (this.#stopped) return;
    this.#lastFailure = failure;
    this.#restarts.add(readyForMs);
    this.#factory.onCrash(this.revision, { failure, looping: this.#restarts.looping });
    const hopeless = this.#bringUps.length > 0 || this.#restarts.delayMs > HOLD_WHILE_RESTARTING_MS;
    if (!this.#hasReady() && hopeless) this.#rejectAll(this.#unavailable());
    this.#restarts.schedule(() => {
      this.scale();
    });
  }

  #rejectAll(error: NoInstance): void {
    this.#line.rejectAll(error);
    this.#bringUps.rejectAll(error);
  }

  #unavailable(): NoInstance {
    const seconds = Math.max(1, Math.ceil(this.#restarts.delayMs / 1000));
    return new NoInstance(`Revision ${this.revision.id} has no instance that can serve.`, seconds);
  }
}
