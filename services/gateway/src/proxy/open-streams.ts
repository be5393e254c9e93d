/** Why the gateway ends a stream. */
export type StreamEnd = 'revoked' | 'draining';

/** An answer that goes on until somebody ends it. */
export interface OpenStream {
  readonly kind: 'websocket' | 'events';
  /** Ends it so that the client can tell it from a fault. Called once. */
  end(why: StreamEnd): void;
}

const NONE: ReadonlySet<OpenStream> = new Set();
/** No request waits longer than this for the head of its answer. */
const REMEMBERED_MS = 3_600_000;
const MAX_REMEMBERED = 100_000;

/**
 * Event streams and WebSockets by the key that they were opened with: a key is checked when a
 * request comes, and these outlive that by hours.
 */
export class OpenStreams {
  readonly #byKey = new Map<string, Set<OpenStream>>();
  /** When keys were ended, in that order: their requests under way may still become streams. */
  readonly #ended = new Map<string, number>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `since`: when the key was checked, by `performance.now()`; ended since then, it ends at once. */
  add(keyId: string, stream: OpenStream, since: number): void {
    if ((this.#ended.get(keyId) ?? -Infinity) >= since) {
      stream.end('revoked');
      return;
    }
    let streams = this.#byKey.get(keyId);
    if (streams === undefined) {
      streams = new Set();
      this.#byKey.set(keyId, streams);
    }
    if (streams.has(stream)) return;
    streams.add(stream);
    this.#count += 1;
  }

  remove(keyId: string, stream: OpenStream): void {
    const streams = this.#byKey.get(keyId);
    if (streams?.delete(stream) !== true) return;
    this.#count -= 1;
    if (streams.size === 0) this.#byKey.delete(keyId);
  }

  countOf(keyId: string): number {
    return this.#byKey.get(keyId)?.size ?? 0;
  }

  /** Ends all streams of a key that is not accepted any more; returns how many. */
  endKey(keyId: string): number {
    this.#remember(keyId);
    // A copy: streams remove themselves while they end.
    const streams = [...(this.#byKey.get(keyId) ?? NONE)];
    for (const stream of streams) this.#end(keyId, stream, 'revoked');
    return streams.length;
  }

  /** Ends all streams of a kind before the process stops; returns how many. */
  endAll(kind: OpenStream['kind']): number {
    let ended = 0;
    for (const [keyId, streams] of [...this.#byKey]) {
      for (const stream of [...streams]) {
        if (stream.kind !== kind) continue;
        this.#end(keyId, stream, 'draining');
        ended += 1;
      }
    }
    return ended;
  }

  #remember(keyId: string): void {
    const now = performance.now();
    this.#ended.delete(keyId);
    this.#ended.set(keyId, now);
    for (const [oldest, at] of this.#ended) {
      if (now - at < REMEMBERED_MS && this.#ended.size <= MAX_REMEMBERED) break;
      this.#ended.delete(oldest);
    }
  }

  /** Forgotten first, so that it is ended once. */
  #end(keyId: string, stream: OpenStream, why: StreamEnd): void {
    this.remove(keyId, stream);
    stream.end(why);
  }
}
