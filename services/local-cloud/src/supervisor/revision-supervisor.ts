import type { RevisionRecord } from '../model/resources.ts';
import { livenessProbe, runtimeLimits, startupProbe } from '../model/template-defaults.ts';
import type { RuntimeLimits } from '../model/template-defaults.ts';
import { NO_CRASHES, STABLE_MS, addCrash, isCrashLoop, restartDelayMs } from './back-off.ts';
import { desiredInstances } from './desired-instances.ts';
import type { Instance, InstanceExit, StopTimes } from './instance.ts';
import { RevisionFailure } from './instance-environment.ts';
import type { InstanceFactory } from './instance-factory.ts';
import { untilAlive, watchLiveness } from './liveness.ts';
import { waitUntilReady } from './probe.ts';
import { exitFailure, neverReadyFailure } from './revision-failures.ts';
import { WaitingLine } from './waiting-line.ts';
import { NoInstance } from '../router/upstream-pool.ts';

const HOLD_WHILE_RESTARTING_MS = 2_000;
const LONGEST_LINE = 1_000;
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
  readonly #instances = new Set<Instance>();
  readonly #line = new WaitingLine<Instance>();
  readonly #neverReady = new WeakMap<Instance, RevisionFailure>();
  #crashes = NO_CRASHES;
  #serving = false;
  #minInstances: number;
  #warmUntil = 0;
  #bringingUp = 0;
  #startsPending = 0;
  #portRaces = 0;
  #restartTimer: NodeJS.Timeout | null = null;
  #lastFailure: RevisionFailure | null = null;
  #stopped = false;

  constructor(revision: RevisionRecord, factory: InstanceFactory, times: RevisionTimes) {
    this.revision = revision;
    this.limits = runtimeLimits(revision.template);
    this.#minInstances = this.limits.minInstances;
    this.#factory = factory;
    this.#times = times;
  }

  instances(): Instance[] {
    return [...this.#instances];
  }

  get crashLooping(): boolean {
    return isCrashLoop(this.#crashes);
  }

  /** Traffic or a tag makes min instances apply; without them the revision stays warm for a while. */
  setServing(serving: boolean, serviceMinInstances: number): void {
    if (this.#serving && !serving) this.#warmUntil = Date.now() + this.#times.warmMs;
    this.#serving = serving;
    this.#minInstances = Math.max(this.limits.minInstances, serviceMinInstances);
    this.scale();
  }

  /** Resolves once an instance is ready; rejects with the cause when the start fails. */
  async bringUp(): Promise<void> {
    if (this.#hasReady()) return;
    this.#bringingUp += 1;
    this.#lastFailure = null;
    this.#clearRestart();
    try {
      this.scale();
      await this.#join(new AbortController().signal).then((instance) => {
        this.release(instance);
      });
      this.#warmUntil = Math.max(this.#warmUntil, Date.now() + this.#times.warmMs);
    } catch (error) {
      throw this.#causeOf(error);
    } finally {
      this.#bringingUp -= 1;
    }
  }

  /** A ready instance with room, or null. The caller releases it. */
  take(): Instance | null {
    let best: Instance | null = null;
    for (const instance of this.#instances)
      if (
        instance.state === 'ready' &&
        !instance.suspect &&
        instance.inFlight < this.limits.concurrency &&
        (best === null || instance.inFlight < best.inFlight)
      )
        best = instance;
    best?.begin();
    return best;
  }

  /** Holds the request until an instance has room. */
  wait(signal: AbortSignal): Promise<Instance> {
    if (this.#line.length >= LONGEST_LINE)
      return Promise.reject(new NoInstance('Too many requests are waiting.', 1, 429));
    const delay = restartDelayMs(this.#crashes);
    if (this.#restartTimer !== null && !this.#hasReady() && delay > HOLD_WHILE_RESTARTING_MS)
      return Promise.reject(this.#unavailable());
    const waiting = this.#join(signal);
    this.scale();
    return waiting;
  }

  /** Nothing would ever serve or reject who joins the line of a stopped revision. */
  #join(signal: AbortSignal): Promise<Instance> {
    return this.#stopped ? Promise.reject(stopping()) : this.#line.join(signal);
  }

  suspect(instance: Instance): void {
    if (instance.suspect || instance.state !== 'ready') return;
    instance.suspect = true;
    untilAlive(instance)
      .then((alive) => {
        instance.suspect = !alive;
        this.#line.serve(() => this.take());
      })
      .catch(() => undefined); // Rejects only when the instance went: it is replaced then.
  }

  release(instance: Instance): void {
    instance.end();
    this.#line.serve(() => this.take());
  }

  /** Starts what is missing. Stopping idle ones is `trim`'s, so that scaling up never waits. */
  scale(): void {
    if (this.#stopped || this.#restartTimer !== null) return;
    const missing = this.#desired() - this.#live().length - this.#startsPending;
    for (let count = 0; count < missing; count += 1) this.#startOne();
  }

  /** Stops idle instances above what is wanted; called every now and then. */
  trim(now: number): void {
    const live = this.#live();
    let excess = live.length - this.#desired();
    for (const instance of live) {
      if (excess <= 0) return;
      const idleMs = now - instance.idleSince;
      const limit = this.#serving ? this.#times.idleMs : this.#times.warmMs;
      if (instance.state !== 'ready' || instance.inFlight > 0 || idleMs < limit) continue;
      excess -= 1;
      instance.stop().catch(() => undefined); // stop() only rejects on a programming error.
    }
  }

  /** Stops everything; requests in flight may finish within the grace. */
  async stop(times?: StopTimes): Promise<void> {
    this.#stopped = true;
    this.#clearRestart();
    this.#line.rejectAll(stopping());
    await Promise.all(this.instances().map((instance) => instance.stop(times)));
  }

  #desired(): number {
    return desiredInstances({
      inFlight: this.#live().reduce((sum, { inFlight }) => sum + inFlight, 0),
      waiting: Math.max(0, this.#line.length - this.#bringingUp),
      concurrency: this.limits.concurrency,
      minInstances: this.#minInstances,
      maxInstances: this.limits.maxInstances,
      serving: this.#serving,
      warm: this.#bringingUp > 0 || (Date.now() < this.#warmUntil && this.#hasReady()),
    });
  }

  #live(): Instance[] {
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

  async #started(instance: Instance): Promise<void> {
    this.#startsPending -= 1;
    if (instance.state === 'gone') return;
    this.#instances.add(instance);
    if (this.#stopped) {
      await instance.stop();
      return;
    }
    const probe = startupProbe(this.revision.template);
    const ready = await waitUntilReady(instance.port, probe, instance.signal);
    if (ready) {
      instance.markReady();
      this.#watch(instance);
      this.#reportWhenStable(instance);
      this.#line.serve(() => this.take());
    } else if (!instance.signal.aborted) {
      this.#neverReady.set(instance, neverReadyFailure(probe, this.#tail()));
      instance.kill();
    }
  }

  /** A minute without a crash ends a crash loop. */
  #reportWhenStable(instance: Instance): void {
    setTimeout(() => {
      if (instance.state === 'ready') this.#factory.onStable(this.revision);
    }, STABLE_MS).unref();
  }

  #watch(instance: Instance): void {
    const probe = livenessProbe(this.revision.template);
    if (probe !== null) watchLiveness(instance, probe);
  }

  #onExit(instance: Instance, exit: InstanceExit): void {
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
    this.#crashes = addCrash(this.#crashes, { at: Date.now(), readyForMs });
    this.#factory.onCrash(this.revision, { failure, looping: this.crashLooping });
    const delay = restartDelayMs(this.#crashes);
    const hopeless = this.#bringingUp > 0 || delay > HOLD_WHILE_RESTARTING_MS;
    if (!this.#hasReady() && hopeless) this.#line.rejectAll(this.#unavailable());
    this.#clearRestart();
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = null;
      this.scale();
    }, delay);
  }

  /** Who waited is told that nothing can serve; the one who deploys wants to know why. */
  #causeOf(error: unknown): unknown {
    return this.#lastFailure ?? error;
  }

  #clearRestart(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer);
    this.#restartTimer = null;
  }

  #unavailable(): NoInstance {
    const seconds = Math.max(1, Math.ceil(restartDelayMs(this.#crashes) / 1000));
    return new NoInstance(`Revision ${this.revision.id} has no instance that can serve.`, seconds);
  }
}

function stopping(): NoInstance {
  return new NoInstance('The revision is being stopped.', 1);
}

function toFailure(error: unknown): RevisionFailure {
  if (error instanceof RevisionFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RevisionFailure({ reason: 'INTERNAL', message });
}
