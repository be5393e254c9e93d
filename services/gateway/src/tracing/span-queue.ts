import type { OtlpSpan } from './otlp-span.ts';
import { exportRequest } from './otlp-span.ts';

const BATCH = 512;
/** What waits at most; more is dropped and counted. */
const CAPACITY = 2_048;
const PERIOD_MS = 1_000;
const SEND_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 1_000;

export interface SpanQueueOptions {
  /** Full URL of the receiver's traces. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Resource attributes. */
  resource: Readonly<Record<string, string>>;
  /** The receiver took no spans, or (null) takes them again. */
  failing: (reason: string | null) => void;
}

/** Spans on their way to the receiver: in batches, bounded, never in anybody's way. */
export class SpanQueue {
  readonly #options: SpanQueueOptions;
  #spans: OtlpSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #failed = false;
  /** Spans that were dropped: the receiver was away, or too slow. */
  dropped = 0;

  constructor(options: SpanQueueOptions) {
    this.#options = options;
  }

  push(span: OtlpSpan): void {
    if (this.#spans.length >= CAPACITY) {
      this.dropped += 1;
      return;
    }
    this.#spans.push(span);
    if (this.#spans.length >= BATCH) this.#sendNow();
    else this.#timer ??= setTimeout(() => this.#sendNow(), PERIOD_MS).unref();
  }

  /** Sends what waits, for a second at most; a receiver that hangs does not hold up the end. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const deadline = AbortSignal.timeout(CLOSE_TIMEOUT_MS);
    const over = new Promise<void>((resolve) =>
      deadline.addEventListener('abort', () => resolve()),
    );
    await Promise.race([this.#sending, over]);
    await this.#sendBatches(deadline);
  }

  #sendNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // One at a time: a slow receiver gets larger batches, not more of them.
    this.#sending ??= this.#sendBatches(AbortSignal.timeout(SEND_TIMEOUT_MS)).finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendBatches(deadline: AbortSignal): Promise<void> {
    while (this.#spans.length > 0 && !deadline.aborted) {
      const batch = this.#spans.splice(0, BATCH);
      const reason = await this.#send(batch, deadline);
      if (reason !== null) this.dropped += batch.length;
      this.#tell(reason);
      if (reason !== null) return;
    }
  }

  /** Null when the batch was taken, else why not. Never rejects. */
  async #send(batch: readonly OtlpSpan[], signal: AbortSignal): Promise<string | null> {
    const { url, headers, resource } = this.#options;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: exportRequest(resource, batch),
        redirect: 'error',
        signal,
      });
      await answer.body?.cancel();
      return answer.ok ? null : `the receiver answered ${answer.status}`;
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      const told = cause instanceof Error ? cause : error;
      return told instanceof Error ? told.message : String(told);
    }
  }

  #tell(reason: string | null): void {
    const failed = reason !== null;
    if (failed === this.#failed) return;
    this.#failed = failed;
    this.#options.failing(reason);
  }
}
