import type { PartHealth } from '@omni/contracts/health.ts';

interface Finding {
  state: PartHealth['state'];
  reason?: string;
  latencyMs?: number;
}

/** What is known of one target, from a cheap probe and from the requests themselves. */
export class TargetHealth {
  #current: Finding = { state: 'starting', reason: 'Not probed yet' };
  #since = new Date();

  get(): PartHealth {
    return { ...this.#current, since: this.#since.toISOString() };
  }

  get isUp(): boolean {
    return this.#current.state === 'ok' || this.#current.state === 'degraded';
  }

  /** A request reached the target, or could not. */
  reported(reachable: boolean): void {
    if (!reachable)
      this.#set({ state: 'down', reason: unreachable('a request was not delivered') });
    else if (!this.isUp) this.#set({ state: 'ok' });
  }

  /** Any answer proves that the target is reachable; 5xx is degraded. */
  probed(status: number, latencyMs: number): void {
    this.#set(
      status >= 500
        ? { state: 'degraded', reason: `Readiness answers ${status}`, latencyMs }
        : { state: 'ok', latencyMs },
    );
  }

  probeFailed(cause: string): void {
    this.#set({ state: 'down', reason: unreachable(cause) });
  }

  #set(finding: Finding): void {
    if (finding.state !== this.#current.state) this.#since = new Date();
    this.#current = finding;
  }
}

function unreachable(cause: string): string {
  return `The upstream is not reachable (${cause})`;
}
