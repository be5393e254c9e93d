import type { IncomingMessage } from 'node:http';

/** How slowly a client may send a body. */
export interface ReceiveRule {
  /** Bytes per second that have to arrive on the average. */
  minBytesPerSecond: number;
  /** No body is judged before it was waited for so long. */
  graceMs: number;
}

interface WatchedBody {
  readonly request: IncomingMessage;
  readonly tooSlow: () => void;
  since: number;
  bytesBefore: number;
}

const SWEEP_MS = 1_000;

/**
 * Ends request bodies that trickle in: each holds a connection, and an attacker has many (slowloris
 * with a body; Apache's mod_reqtimeout is the model). A body that waits for the upstream is not the
 * client's fault: its time starts anew. One look per second at those that are under way, nothing per
 * piece.
 */
export class SlowBodies {
  readonly #rule: ReceiveRule;
  readonly #bodies = new Set<WatchedBody>();
  #timer: NodeJS.Timeout | undefined;

  constructor(rule: ReceiveRule) {
    this.#rule = rule;
  }

  /** Calls `tooSlow` at most once, and never after the body is whole or its client gone. */
  watch(request: IncomingMessage, tooSlow: () => void): void {
    const { bytesRead } = request.socket;
    this.#bodies.add({ request, tooSlow, since: performance.now(), bytesBefore: bytesRead });
    const sweepMs = Math.min(SWEEP_MS, this.#rule.graceMs);
    this.#timer ??= setInterval(() => this.#sweep(), sweepMs).unref();
  }

  #sweep(): void {
    const now = performance.now();
    for (const body of this.#bodies) this.#judge(body, now);
    if (this.#bodies.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #judge(body: WatchedBody, now: number): void {
    const { request, since, bytesBefore, tooSlow } = body;
    if (request.complete || request.destroyed) {
      this.#bodies.delete(body);
      return;
    }
    const { bytesRead } = request.socket;
    if (request.readableLength > 0) {
      body.since = now;
      body.bytesBefore = bytesRead;
      return;
    }
    const elapsedMs = now - since;
    if (elapsedMs < this.#rule.graceMs) return;
    const wanted = (this.#rule.minBytesPerSecond * elapsedMs) / 1_000;
    if (bytesRead - bytesBefore >= wanted) return;
    this.#bodies.delete(body);
    tooSlow();
  }
}
