import type { KeyHasher } from './hash-key.ts';

/** A text is kept for at least this long after its last use, and for less than twice as long. */
const GENERATION_MS = 5_000;
/** Keys in use at one time; more of them are hashed again. */
const MAX_REMEMBERED = 4_096;

/**
 * Remembers the digests of keys that were accepted: they come again with every request, and the
 * HMAC would be the dearest part of it. A digest is a pure function of text and peppers, so nothing
 * here can be stale: it is compared, and the key judged, anew for every request. Only what was right
 * is remembered; whatever else is tried costs the same work as before.
 */
export class DigestMemo {
  readonly #hasher: KeyHasher;
  #young = new Map<string, ReturnType<KeyHasher>>();
  #old = new Map<string, ReturnType<KeyHasher>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(hasher: KeyHasher) {
    this.#hasher = hasher;
  }

  readonly hash: KeyHasher = (text) => this.#young.get(text) ?? this.#fromOld(text);

  /** The text is a key that was just accepted. */
  remember(text: string, digests: ReturnType<KeyHasher>): void {
    if (this.#young.size >= MAX_REMEMBERED || this.#young.has(text)) return;
    this.#young.set(text, digests);
    // Secrets must not stay in memory after their last use.
    this.#timer ??= setInterval(() => this.#age(), GENERATION_MS).unref();
  }

  #fromOld(text: string): ReturnType<KeyHasher> {
    const digests = this.#old.get(text);
    if (digests === undefined) return this.#hasher(text);
    this.remember(text, digests);
    return digests;
  }

  #age(): void {
    this.#old = this.#young;
    this.#young = new Map();
    if (this.#old.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
