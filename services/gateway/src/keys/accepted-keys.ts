import type { AcceptedKey, AuthDecision } from './auth-decision.ts';
import type { KeyColumns } from './key-columns.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { UsageCounter } from './usage-counter.ts';

export type Allowed = Extract<AuthDecision, { kind: 'allowed' }>;

/** Keys in use at one time; with more the oldest decisions are made anew. */
const MAX_REMEMBERED = 100_000;

/** Decisions "allowed", made once per key and secret: the request path allocates nothing for them. */
export class AcceptedKeys {
  readonly #columns: KeyColumns;
  /** By row and slot. */
  readonly #made = new Map<number, Allowed>();

  constructor(columns: KeyColumns) {
    this.#columns = columns;
  }

  of(row: number, slot: number): Allowed {
    const made = this.#made.get(row * 2 + slot);
    return made ?? this.#make(row, slot);
  }

  /** The key changed: what was made of it is not true any more. */
  forget(row: number): void {
    this.#made.delete(row * 2);
    this.#made.delete(row * 2 + 1);
  }

  #make(row: number, slot: number): Allowed {
    const { value: oldest, done } = this.#made.keys().next();
    if (this.#made.size >= MAX_REMEMBERED && done !== true) this.#made.delete(oldest);
    const policy = this.#columns.policyOf(row);
    if (policy === undefined) throw new Error('A key without a policy');
    const id = this.#columns.idOf(row);
    const secretNo = this.#columns.secretNoOf(row, slot);
    const allowed: Allowed = {
      kind: 'allowed',
      key: toAcceptedKey(policy, { id, secretNo, identity: this.#columns.identityOf(row) }),
    };
    this.#made.set(row * 2 + slot, allowed);
    return allowed;
  }
}

function toAcceptedKey(
  policy: CompiledPolicy,
  { id, secretNo, identity }: { id: string; secretNo: number; identity: string | null },
): AcceptedKey {
  const { environment, scopes, rateLimitPerMinute, limits, quotas } = policy;
  const usage = new UsageCounter(id, secretNo);
  return {
    ...{ id, source: 'store', environment, identity, scopes, rateLimitPerMinute },
    ...{ limits, quotas, secretNo, usage },
  };
}
