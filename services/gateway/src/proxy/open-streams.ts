/** Why the gateway ends a stream. */
export type StreamEnd = 'key_ended' | 'draining';

/**
 * What goes on after its key was checked: WebSockets and event streams until somebody ends them, a
 * long answer of another kind (`answer`) until it is whole.
 */
export interface OpenStream {
  readonly kind: 'websocket' | 'events' | 'answer';
  /** Ends it so that the client can tell it from a fault. Called once. */
  end(why: StreamEnd): void;
}

/** The key that a stream was opened with, and which of its secrets it was. */
export interface StreamKey {
  readonly id: string;
  readonly secretNo: number;
}

const NONE: ReadonlyMap<OpenStream, number> = new Map();
/** No request waits longer than this for the head of its answer. */
const REMEMBERED_MS = 3_600_000;
const MAX_REMEMBERED = 100_000;

/**
 * Event streams, WebSockets and long answers by the key that they were opened with: a key is checked
 * when a request comes, and these outlive that, some by hours.
 */
export class OpenStreams {
  /** By key, each with the number of its secret. */
  readonly #byKey = new Map<string, Map<OpenStream, number>>();
  /** When keys were ended, in that order: their requests under way may still become streams. */
  readonly #ended = new Map<string, number>();
  #count = 0;

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** WebSockets and event streams. */
  get count(): number {
    return this.#count;
  }

  /** `since`: when the key was checked, by `performance.now()`; ended since then, it ends at once. */
  add({ id, secretNo }: StreamKey, stream: OpenStream, since: number): void {
    if ((this.#ended.get(id) ?? -Infinity) >= since) {
      stream.end('key_ended');
      return;
    }
    let streams = this.#byKey.get(id);
    if (streams === undefined) {
      streams = new Map();
      this.#byKey.set(id, streams);
    }
    if (streams.has(stream)) return;
    streams.set(stream, secretNo);
    if (lasts(stream)) this.#count += 1;
  }

  remove(keyId: string, stream: OpenStream): void {
    const streams = this.#byKey.get(keyId);
    if (streams?.delete(stream) !== true) return;
    if (lasts(stream)) this.#count -= 1;
    if (streams.size === 0) this.#byKey.delete(keyId);
  }

  /** WebSockets and event streams of a key. */
  countOf(keyId: string): number {
    let count = 0;
    for (const stream of (this.#byKey.get(keyId) ?? NONE).keys()) if (lasts(stream)) count += 1;
    return count;
  }

  /** Ends all streams of a key that is not accepted any more; returns how many. */
  endKey(keyId: string): number {
    this.#remember(keyId);
    // A copy: streams remove themselves while they end.
    const streams = [...(this.#byKey.get(keyId) ?? NONE).keys()];
    for (const stream of streams) this.#end(keyId, stream, 'key_ended');
    return streams.length;
  }

  /**
   * Ends the streams whose key or secret is over by now: nothing tells of a time that has come, so
   * all are asked after, by one clock for all of them. Returns how many.
   */
  endWhere(isOver: (key: StreamKey) => boolean): number {
    let ended = 0;
    for (const [id, streams] of [...this.#byKey]) {
      for (const [stream, secretNo] of [...streams]) {
        if (!isOver({ id, secretNo })) continue;
        this.#end(id, stream, 'key_ended');
        ended += 1;
      }
    }
    return ended;
  }

  /** Ends all streams of a kind before the process stops; returns how many. */
  endAll(kind: OpenStream['kind']): number {
    let ended = 0;
    for (const [keyId, streams] of [...this.#byKey]) {
      for (const stream of [...streams.keys()]) {
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

/** It has no end of its own. */
function lasts({ kind }: OpenStream): boolean {
  return kind !== 'answer';
}
