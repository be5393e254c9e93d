import type { CanaryCommand, CanaryEnd, CanaryState } from '../../../shared/domain/canary.ts';
import { commanded, evaluated, moved, nextAction } from '../../../shared/domain/canary.ts';
import type { MeteredService } from '../../../shared/domain/latency-board.ts';
import type { Service } from '../../../shared/domain/revision.ts';
import { canarySplit, percentOf } from '../../../shared/domain/traffic.ts';
import type { WantedTraffic } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { Core } from '../core.ts';
import type { OperationRun } from '../operations/operation-run.ts';
import type { CanaryBox } from './canary-desk.ts';
import { evaluateNow } from './evaluate-now.ts';
import { ProbeSender } from './send-probes.ts';

/** After a call that failed, the platform is asked again this much later. */
const RETRY_MS = 1_000;

export interface CanaryWatch {
  readonly service: MeteredService;
  readonly state: CanaryState;
  readonly box: CanaryBox;
}

/**
 * Walks a canary to its end: moves the weight, waits, judges, and obeys. What it is about to do is
 * journalled before it is done, so that whoever comes after a crash knows what was proven.
 */
export class CanaryLoop {
  readonly #core: Core;
  readonly #run: OperationRun;
  readonly #service: MeteredService;
  readonly #box: CanaryBox;
  readonly #probes: ProbeSender;
  #state: CanaryState;

  constructor(core: Core, run: OperationRun, watch: CanaryWatch) {
    this.#core = core;
    this.#run = run;
    this.#service = watch.service;
    this.#box = watch.box;
    this.#state = watch.state;
    this.#probes = new ProbeSender(core, run.session, () => this.#state.settings.probes);
  }

  async toEnd(): Promise<CanaryEnd> {
    for (;;) {
      await this.#obey(this.#box.take());
      const action = nextAction(this.#state, this.#now());
      if (action.kind === 'end') return action.end;
      if (action.kind === 'wait') await this.#pause(action.until);
      else await this.#attempt(action.kind === 'move' ? () => this.#move(action.to) : this.#judge);
    }
  }

  async #obey(commands: readonly CanaryCommand[]): Promise<void> {
    for (const command of commands) {
      this.#run.log(wordsOf(command));
      await this.#become(commanded(this.#state, command, this.#now()));
    }
  }

  /** A platform that can't be reached moves nothing: the canary holds and asks again. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#run.log(error.message);
      await this.#become(heldBy(this.#state, error, this.#now()));
      await this.#sleep(RETRY_MS);
    }
  }

  async #move(to: number): Promise<void> {
    const { provider } = this.#run.session;
    const service = await provider.getService(this.#service);
    if (await this.#letGo(service)) return;
    const { revision, stable } = this.#state;
    this.#run.detail(`${String(to)} % to ${revision}, ${String(100 - to)} % to ${stable}`);
    const remote = await provider.setTraffic(service.id, wantedFor(this.#state, to, service));
    await this.#run.follow(remote);
    const outcome = await provider.waitFor(remote, this.#run.signal);
    if (outcome.state === 'failed') throw notMoved(revision, to, outcome.reason);
    this.#run.log(`${revision} gets ${String(to)} %`);
    await this.#become(moved(this.#state, this.#now()));
  }

  readonly #judge = async (): Promise<void> => {
    const service = await this.#run.session.provider.getService(this.#service);
    if (await this.#letGo(service)) return;
    const evaluation = await evaluateNow(this.#core, this.#run, {
      service: this.#service,
      state: this.#state,
    });
    const { verdict, reasons, percent } = evaluation;
    this.#run.detail(`${String(percent)} %: ${verdict}, ${reasons.join('; ')}`);
    const before = this.#state.evaluations.at(-1)?.verdict;
    if (before !== verdict)
      this.#run.log(`${String(percent)} %: ${verdict}: ${reasons.join('; ')}`);
    const next = evaluated(this.#state, evaluation);
    // One more of the same is news for the view; what the journal has to know is a change.
    if (before === verdict && next.moving === this.#state.moving) this.#show(next);
    else await this.#become(next);
  };

  /** Ends the canary when the traffic is not where it was put: a human's hand is never undone. */
  async #letGo(service: Service): Promise<boolean> {
    if (service.reconciling) return false;
    const actual = percentOf(service.serving, this.#state.revision);
    if (actual === this.#state.weightSet) return false;
    const reason = `the traffic of ${service.id} was changed by someone else: ${String(actual)} % go to ${this.#state.revision}`;
    this.#show({ ...this.#state, weightActual: actual });
    await this.#obey([{ kind: 'supersede', reason }]);
    return true;
  }

  async #pause(until: number): Promise<void> {
    const sent = await this.#probes.sendUntil(until, {
      sent: this.#state.probesSent,
      bell: this.#box.bell,
    });
    if (sent > 0) this.#show({ ...this.#state, probesSent: this.#state.probesSent + sent });
    await this.#sleep(until - this.#now());
  }

  /** A command ends the wait early. */
  async #sleep(ms: number): Promise<void> {
    if (ms <= 0) return;
    await this.#core.ports.clock.sleep(ms, this.#box.bell).catch(() => undefined);
  }

  async #become(state: CanaryState): Promise<void> {
    if (state === this.#state) return;
    this.#state = state;
    await this.#run.note({ canary: state });
  }

  #show(state: CanaryState): void {
    this.#state = state;
    this.#run.mention({ canary: state });
  }

  #now(): number {
    return this.#core.ports.clock.now();
  }
}

/** Everything to the newest revision follows the latest again, as a deploy would leave it. */
function wantedFor(state: CanaryState, to: number, service: Service): WantedTraffic {
  const { revision, stable } = state;
  if (to === 100 && service.latestReadyRevision === revision) return { kind: 'latest' };
  const pair = { stable, canary: revision };
  return { kind: 'split', shares: canarySplit(pair, to, service.traffic.shares) };
}

/** A step that could not be made is given up and has to be earned again; going back never is. */
function heldBy(state: CanaryState, error: DomainError, at: number): CanaryState {
  if (state.moving?.to === 0 || state.hold?.by === 'human') return state;
  const since = state.hold?.since ?? at;
  const hold = { by: 'console', reason: error.message, since } as const;
  if (state.moving?.by === 'human' || state.weightSet === 0) return { ...state, hold };
  return { ...state, hold, moving: null };
}

function wordsOf(command: CanaryCommand): string {
  const because = 'reason' in command && command.reason !== '' ? `: ${command.reason}` : '';
  const words = {
    hold: 'Held by the operator',
    resume: 'Resumed by the operator',
    promote: 'Promoted by the operator',
    abort: 'Aborted by the operator',
    supersede: 'Let go',
  } as const;
  return `${words[command.kind]}${because}`;
}

function notMoved(revision: string, to: number, reason: string): DomainError {
  return new DomainError({
    code: 'REVISION_NOT_READY',
    message: `${revision} did not get ${String(to)} %: ${reason}`,
    nextStep: 'Look at the revision and its logs.',
  });
}
