import type { CanaryProbes } from '../../../shared/domain/canary-settings.ts';
import { MAX_PROBE_BUDGET, MAX_PROBES_PER_SECOND } from '../../../shared/domain/canary-settings.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { ProbeRequest } from '../../ports/health-probe.ts';
import type { TargetSession } from '../../ports/target-session.ts';
import type { Core } from '../core.ts';
import { sampleRequests } from '../stack/sample-requests.ts';

/**
 * Sends a canary's own requests through the stack's public address, where the weights decide who
 * answers: a service that hardly gets any traffic can then be judged too. One at a time, never more
 * than the settings allow, and never more than the budget over the whole canary.
 */
export class ProbeSender {
  readonly #core: Core;
  readonly #session: TargetSession;
  readonly #wanted: () => CanaryProbes | null;
  #next = 0;

  constructor(core: Core, session: TargetSession, wanted: () => CanaryProbes | null) {
    this.#core = core;
    this.#session = session;
    this.#wanted = wanted;
  }

  /** Resolves with how many it sent: at `until`, when the budget is used up, or at the bell. */
  async sendUntil(
    until: number,
    { sent, bell }: { readonly sent: number; readonly bell: AbortSignal },
  ): Promise<number> {
    const probes = this.#wanted();
    if (probes === null) return 0;
    const left = Math.min(probes.budget, MAX_PROBE_BUDGET) - sent;
    const everyMs = 1000 / Math.min(probes.perSecond, MAX_PROBES_PER_SECOND);
    const requests = left > 0 ? await this.#requests() : [];
    const { clock } = this.#core.ports;
    let done = 0;
    while (requests.length > 0 && done < left && clock.now() < until && !bell.aborted) {
      done += 1;
      await this.#send(requests);
      await clock.sleep(everyMs, bell).catch(() => undefined);
    }
    return done;
  }

  async #send(requests: readonly ProbeRequest[]): Promise<void> {
    const request = requests[this.#next % requests.length];
    this.#next += 1;
    // What came of it is in the metrics of the revision that answered.
    if (request !== undefined) await this.#core.ports.probe.request(request);
  }

  /** None while the gateway can't be called: then nothing is sent and the canary holds. */
  async #requests(): Promise<readonly ProbeRequest[]> {
    try {
      const { uri } = await this.#session.provider.getService('gateway');
      const key = await this.#session.secrets.sampleTrafficKey();
      return uri === '' ? [] : sampleRequests({ gatewayUrl: uri, key });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#core.ports.log.warn('a canary could not send probes', { error: error.message });
      return [];
    }
  }
}
