import type { AcceptedKey, AuthDecision } from './auth-decision.ts';
import type { KeyColumns } from './key-columns.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { KeyLoad } from './key-load.ts';
import { UsageCounter } from './usage-counter.ts';

export type Allowed = Extract<AuthDecision, { kind: 'allowed' }>;

/** Keys in use at one time; with more the oldest decisions are made anew. */
const MAX_REMEMBERED = 100_000;

/** Decisions "allowed", made once per key and secret: the request path allocates nothing for them. */
export class AcceptedKeys {
  readonly #columns: KeyColumns;
  /** By row and slot. */
  readonly #made = new Map<number, Allowed>();
  /** By row: they outlive what was made of a key before it changed. */
  readonly #loads = new Map<number, KeyLoad>();

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
      key: toAcceptedKey(policy, {
        ...{ id, secretNo, identity: this.#columns.identityOf(row) },
        load: this.#loadOf(row),
      }),
    };
    this.#made.set(row * 2 + slot, allowed);
    return allowed;
  }

  #loadOf(row: number): KeyLoad {
    const known = this.#loads.get(row);
    if (known !== undefined) return known;
    if (this.#loads.size >= MAX_REMEMBERED) this.#forgetIdle();
    const load = new KeyLoad();
    this.#loads.set(row, load);
    return load;
  }

  /** What was made of an idle key is made anew with its load, or its requests would count apart. */
  #forgetIdle(): void {
    for (const [row, { inFlight }] of this.#loads) {
      if (inFlight > 0) continue;
      this.#loads.delete(row);
      this.forget(row);
    }
  }
}

function toAcceptedKey(
  policy: CompiledPolicy,
  { id, secretNo, identity, load }: Pick<AcceptedKey, 'id' | 'secretNo' | 'identity' | 'load'>,
): AcceptedKey {
  const { environment, scopes, rateLimitPerMinute, limits, quotas } = policy;
  const usage = new UsageCounter(id, secretNo);
  return {
    ...{ id, source: 'store', environment, identity, scopes, rateLimitPerMinute },
    ...{ limits, quotas, secretNo, usage, load },
  };
}
