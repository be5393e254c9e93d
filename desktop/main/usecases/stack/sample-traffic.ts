import type { SampleTraffic } from '../../../shared/contract/stack.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { ProbeAnswer, ProbeRequest } from '../../ports/health-probe.ts';
import type { Core } from '../core.ts';
import { gatewayUrl } from './gateway-url.ts';
import { sampleRequests } from './sample-requests.ts';

/** Requests are sent in small handfuls, so that 500 a second don't leave in one burst. */
const TICK_MS = 50;
/** A gateway that answers slower than it is asked must not pile requests up here. */
const MAX_IN_FLIGHT = 64;
/** Address and key are looked up again after this long, so that a rollback or new key is noticed. */
const REFRESH_MS = 5_000;

/**
 * Drives real requests through the gateway with the stack's own key, until `signal` is aborted. Runs
 * for as long as the console does and sends only while sample traffic is on.
 */
export async function driveSampleTraffic(core: Core, signal: AbortSignal): Promise<void> {
  const { sampleTraffic } = core.memory;
  while (!signal.aborted) {
    if (sampleTraffic.value.on) await driveOnce(core, signal);
    else await sampleTraffic.changed(signal);
  }
}

async function driveOnce(core: Core, signal: AbortSignal): Promise<void> {
  const { clock } = core.ports;
  const requests = await readRequests(core);
  if (requests.length === 0) {
    await clock.sleep(1000, signal).catch(() => undefined);
    return;
  }
  const until = clock.now() + REFRESH_MS;
  const sender = new Sender(core, requests);
  while (core.memory.sampleTraffic.value.on && !signal.aborted && clock.now() < until) {
    sender.sendWhatIsDue();
    await clock.sleep(TICK_MS, signal).catch(() => undefined);
  }
}

/** The requests to mix; none, with the reason shown, while the gateway can't be called. */
async function readRequests(core: Core): Promise<readonly ProbeRequest[]> {
  try {
    const url = await gatewayUrl(core);
    const key = await core.ports.session.secrets.sampleTrafficKey();
    return sampleRequests({ gatewayUrl: url, key });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    edit(core, { lastFailure: error.message });
    return [];
  }
}

class Sender {
  readonly #core: Core;
  readonly #requests: readonly ProbeRequest[];
  #last: number;
  #due = 0;
  #next = 0;
  #inFlight = 0;

  constructor(core: Core, requests: readonly ProbeRequest[]) {
    this.#core = core;
    this.#requests = requests;
    this.#last = core.ports.clock.now();
  }

  sendWhatIsDue(): void {
    const { ports, memory } = this.#core;
    const now = ports.clock.now();
    this.#due += ((now - this.#last) / 1000) * memory.sampleTraffic.value.requestsPerSecond;
    this.#last = now;
    for (; this.#due >= 1; this.#due -= 1) this.#sendNext();
  }

  #sendNext(): void {
    const request = this.#requests[this.#next % this.#requests.length];
    if (request === undefined || this.#inFlight >= MAX_IN_FLIGHT) return;
    this.#next += 1;
    this.#inFlight += 1;
    this.#core.ports.probe.request(request).then(
      (answer) => this.#count(failureOf(answer)),
      // A probe keeps its promise never to throw; if it doesn't, that is a failed request.
      (error: unknown) => this.#count(String(error)),
    );
  }

  #count(failure: string | null): void {
    this.#inFlight -= 1;
    const { sent, failed } = this.#core.memory.sampleTraffic.value;
    edit(this.#core, {
      sent: sent + 1,
      failed: failure === null ? failed : failed + 1,
      lastFailure: failure,
    });
  }
}

function failureOf(answer: ProbeAnswer): string | null {
  if (answer.status === null) return answer.error ?? 'no answer';
  return answer.status < 400 ? null : `answered ${String(answer.status)}`;
}

function edit(core: Core, change: Partial<SampleTraffic>): void {
  const { sampleTraffic } = core.memory;
  sampleTraffic.set({ ...sampleTraffic.value, ...change });
}
