import { AcceptedKeys } from './accepted-keys.ts';
import type { AuthDecision, AuthFailure, AuthSubject } from './auth-decision.ts';
import type { AuthThrottle } from './auth-throttle.ts';
import { DigestMemo } from './digest-memo.ts';
import type { KeyHasher } from './hash-key.ts';
import type { KeyFacts } from './judge-key.ts';
import { judgeKey } from './judge-key.ts';
import type { KeyColumns } from './key-columns.ts';
import { DIGEST_BYTES, NO_ROW } from './key-columns.ts';
import { emptyFacts, idOf, readAttempt, readFacts, rowOf } from './key-lookup.ts';
import type { Attempt } from './key-lookup.ts';
import type { StoredKey } from './key-repository.ts';
import { matchSecret } from './match-secret.ts';
import type { UpgradeSecret } from './secret-upgrades.ts';
import { createStaticKeys } from './static-keys.ts';
import type { StaticKeys } from './static-keys.ts';

export type { AcceptedKey, AuthDecision, AuthSubject } from './auth-decision.ts';

/** The stored keys, as the request path sees them. */
export interface StoredKeys {
  readonly columns: KeyColumns;
  /** Whether the table was confirmed lately enough; awaits one check when it was not. */
  ensureFresh: () => boolean | Promise<boolean>;
  /** Whether the table may still be decided by; asks nobody. */
  isUsable: () => boolean;
  /** Resolves after a check that was sent after this call, with `isUsable`. */
  recheck: () => Promise<boolean>;
  /** Clock of the store. */
  now: () => number;
  onChanged: (listener: (row: number) => void) => void;
}

export interface ApiKeyAuthOptions {
  hasher: KeyHasher;
  staticKeys: readonly StoredKey[];
  stored: StoredKeys | null;
  throttle: AuthThrottle;
  /** Environments of stored keys that this gateway serves; null for all. */
  environments: ReadonlySet<string> | null;
  /** A secret was seen in plain that is stored as an imported hash or with an older pepper. */
  upgrade?: UpgradeSecret;
}

/** Decides on a key; at once while the store's table is fresh. */
export type ApiKeyAuth = (
  key: string,
  subject: AuthSubject,
) => AuthDecision | Promise<AuthDecision>;

const STALE: AuthDecision = { kind: 'stale' };
const MALFORMED: AuthDecision = { kind: 'refused', reason: 'malformed' };
const UNKNOWN: AuthDecision = { kind: 'refused', reason: 'unknown' };

/**
 * Grammar first, then the same hashing and comparing for known, unknown and malformed keys, then the
 * key's state and policy. Keys of the environment and imported ones are found by digest; a stored
 * one wins, so that a key of the environment can be revoked without a new revision.
 */
export function createApiKeyAuth(options: ApiKeyAuthOptions): ApiKeyAuth {
  const { hasher, stored } = options;
  const statics = createStaticKeys(options.staticKeys);
  if (stored !== null) {
    const auth = new StoredKeyAuth(options, stored, statics);
    return (text, subject) => auth.decide(text, subject);
  }
  const memo = new DigestMemo(hasher);
  return (text) => {
    const attempt = readAttempt(memo.hash, text);
    const allowed = statics(attempt.digests[0]);
    if (allowed === undefined) return attempt.idAt < 0 ? MALFORMED : UNKNOWN;
    memo.remember(text, attempt.digests);
    return allowed;
  };
}

class StoredKeyAuth {
  readonly #options: ApiKeyAuthOptions;
  readonly #stored: StoredKeys;
  readonly #statics: StaticKeys;
  readonly #accepted: AcceptedKeys;
  readonly #memo: DigestMemo;
  /** Filled anew for every judgement. */
  readonly #facts: KeyFacts;

  constructor(options: ApiKeyAuthOptions, stored: StoredKeys, statics: StaticKeys) {
    this.#options = options;
    this.#memo = new DigestMemo(options.hasher);
    this.#stored = stored;
    this.#statics = statics;
    const accepted = new AcceptedKeys(stored.columns);
    stored.onChanged((row) => accepted.forget(row));
    this.#accepted = accepted;
    this.#facts = emptyFacts(options.environments);
  }

  decide(text: string, subject: AuthSubject): AuthDecision | Promise<AuthDecision> {
    const { columns } = this.#stored;
    const attempt = readAttempt(this.#memo.hash, text);
    const row = rowOf(columns, attempt);
    const nowMs = this.#stored.now();
    const slot = matchSecret({ columns, nowMs }, row, attempt);
    if (slot < 0) return this.#unmatched(attempt, subject, row);
    const fresh = this.#stored.ensureFresh();
    if (fresh === true) return this.#judge(attempt, subject, { row, slot, nowMs });
    if (fresh === false) return this.#whileStale(attempt, subject);
    return fresh.then((usable) =>
      usable ? this.#again(attempt, subject) : this.#whileStale(attempt, subject),
    );
  }

  /** Matched nothing: another instance may have made or rotated the key a moment ago. */
  #unmatched(
    attempt: Attempt,
    subject: AuthSubject,
    row: number,
  ): AuthDecision | Promise<AuthDecision> {
    const fixed = this.#statics(attempt.digests[0]);
    if (fixed !== undefined) {
      this.#memo.remember(attempt.text, attempt.digests);
      return fixed;
    }
    const { throttle } = this.#options;
    const id = idOf(attempt);
    // Asked for malformed texts too, so that they take as long as the others.
    const isBlocked = throttle.blocked(subject.clientAddress, id);
    const isUsable = this.#stored.isUsable();
    if (attempt.idAt < 0) return MALFORMED;
    if (isBlocked) return isUsable ? mismatch(row, id) : STALE;
    return this.#stored.recheck().then((usable) => {
      if (!usable) return STALE;
      const decision = this.#again(attempt, subject);
      if (isMismatch(decision)) throttle.failed(subject.clientAddress, id);
      return decision;
    });
  }

  /** The same decision by what the table says now; whoever calls has proven it. */
  #again(attempt: Attempt, subject: AuthSubject): AuthDecision {
    const { columns } = this.#stored;
    const row = rowOf(columns, attempt);
    const nowMs = this.#stored.now();
    const slot = matchSecret({ columns, nowMs }, row, attempt);
    if (slot >= 0) return this.#judge(attempt, subject, { row, slot, nowMs });
    return attempt.idAt < 0 ? MALFORMED : mismatch(row, idOf(attempt));
  }

  /** The store is away for longer than allowed: only keys that asked for it are decided on. */
  #whileStale(attempt: Attempt, subject: AuthSubject): AuthDecision {
    const { columns } = this.#stored;
    const isOpen = columns.policyOf(rowOf(columns, attempt))?.failOpen === true;
    return isOpen ? this.#again(attempt, subject) : STALE;
  }

  #judge(
    attempt: Attempt,
    subject: AuthSubject,
    { row, slot, nowMs }: { row: number; slot: number; nowMs: number },
  ): AuthDecision {
    const { columns } = this.#stored;
    const reason = judgeKey(readFacts({ columns, nowMs }, row, this.#facts), subject);
    if (reason !== null) return refuse(reason, columns.idOf(row), subject);
    const [current] = attempt.digests;
    if (columns.pepperOf(row, slot) !== current.pepperVersion || columns.isSha256(row, slot)) {
      this.#upgrade(attempt, row, slot);
    }
    this.#memo.remember(attempt.text, attempt.digests);
    return this.#accepted.of(row, slot);
  }

  #upgrade({ text }: Attempt, row: number, slot: number): void {
    const { columns } = this.#stored;
    const from = Buffer.alloc(DIGEST_BYTES);
    columns.copyDigest(row, slot, from);
    this.#options.upgrade?.(columns.idOf(row), from, text);
  }
}

function isMismatch(decision: AuthDecision): boolean {
  if (decision.kind !== 'refused') return false;
  return decision.reason === 'unknown' || decision.reason === 'bad_secret';
}

function mismatch(row: number, keyId: string): AuthDecision {
  return { kind: 'refused', reason: row === NO_ROW ? 'unknown' : 'bad_secret', keyId };
}

function refuse(reason: AuthFailure, keyId: string, subject: AuthSubject): AuthDecision {
  if (reason !== 'scope') return { kind: 'refused', reason, keyId };
  return { kind: 'forbidden', reason, keyId, needed: `${subject.method} ${subject.path}` };
}
