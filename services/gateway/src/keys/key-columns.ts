import { DELETED, LEGACY } from './key-snapshot.ts';
import type { KeySnapshot, SecretSnapshot } from './key-snapshot.ts';
import { compilePolicy } from './compile-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';

/** Longer ids exist nowhere: ours have 12 characters. */
export const MAX_ID_CHARS = 16;
export const DIGEST_BYTES = 32;
const SLOTS = 2;
const FIRST_CAPACITY = 1_024;
/** Flag of a row whose key is gone for good. */
const GONE = 128;
/** Row that is returned when there is none. */
export const NO_ROW = 0;
/** So many different policies are shared by text; more are made once per key. */
const SHARED_POLICIES = 10_000;

/** An empty slot: no pepper has its version, and it ended at the beginning of time. */
const NO_SECRET: SecretSnapshot = {
  digest: Buffer.alloc(DIGEST_BYTES),
  pepperVersion: -1,
  algorithm: 'hmac',
  secretNo: 0,
  notAfterMs: -Infinity,
};

/**
 * All stored keys in columns of numbers: a million of them take 150 MB, as objects they would take
 * ten times as much. A key is a row number; rows keep their number as long as the table lives.
 */
export class KeyColumns {
  /** Row 0 is nobody's: what is unknown is compared with it, at the cost of a key. */
  #count = 1;
  #capacity = 0;
  #gone = 0;
  #ids = new Uint8Array(0);
  #flags = new Uint8Array(0);
  #expires = new Float64Array(0);
  #digests = new Uint8Array(0);
  #peppers = new Int32Array(0);
  #secretNos = new Int32Array(0);
  #notAfter = new Float64Array(0);
  /** Bit per slot: hashed by plain SHA-256. */
  #sha256 = new Uint8Array(0);
  #policies: CompiledPolicy[] = [];
  #identities: (string | null)[] = [];
  readonly #shared = new Map<string, CompiledPolicy>();
  /** Open addressing with linear probing; -1 is empty. At most half full. */
  #index = new Int32Array(0);
  #mask = 0;
  /** Rows of imported keys by the first six bytes of their digests: they are found without an id. */
  readonly #byDigest = new Map<number, number[]>();

  constructor() {
    this.reserve(FIRST_CAPACITY);
    this.#putSecret(NO_ROW, 0, undefined);
    this.#putSecret(NO_ROW, 1, undefined);
  }

  /** Keys in the table, deleted ones among them. */
  get count(): number {
    return this.#count - 1 - this.#gone;
  }

  get hasLegacy(): boolean {
    return this.#byDigest.size > 0;
  }

  /** Makes room for so many keys at once instead of step by step. */
  reserve(keys: number): void {
    const capacity = keys + 1;
    if (capacity <= this.#capacity) return;
    this.#capacity = capacity;
    this.#ids = grown(this.#ids, new Uint8Array(capacity * MAX_ID_CHARS));
    this.#flags = grown(this.#flags, new Uint8Array(capacity));
    this.#expires = grown(this.#expires, new Float64Array(capacity));
    this.#digests = grown(this.#digests, new Uint8Array(capacity * SLOTS * DIGEST_BYTES));
    this.#peppers = grown(this.#peppers, new Int32Array(capacity * SLOTS));
    this.#secretNos = grown(this.#secretNos, new Int32Array(capacity * SLOTS));
    this.#notAfter = grown(this.#notAfter, new Float64Array(capacity * SLOTS));
    this.#sha256 = grown(this.#sha256, new Uint8Array(capacity));
    this.#reindex(capacity);
  }

  /** Row of the id that stands in the text at `from`; `NO_ROW` when there is none. Costs no allocation. */
  find(text: string, from: number, length: number): number {
    let at = hashOf(text, from, length) & this.#mask;
    for (;;) {
      const row = this.#index[at] ?? -1;
      if (row < 0) {
        // A miss costs what a hit costs.
        this.#hasId(NO_ROW, text, { from, length });
        return NO_ROW;
      }
      if (this.#hasId(row, text, { from, length })) return row;
      at = (at + 1) & this.#mask;
    }
  }

  /** Row of an imported key by the digest of its whole text; `NO_ROW` when there is none. */
  findByDigest(digest: Uint8Array): number {
    const rows = this.#byDigest.get(digestKey(digest, 0));
    if (rows === undefined) return NO_ROW;
    for (const row of rows) {
      for (let slot = 0; slot < SLOTS; slot += 1) {
        if (this.#sameDigest(row * SLOTS + slot, digest)) return row;
      }
    }
    return NO_ROW;
  }

  /** Adds a key or replaces what is known of it; returns its row. */
  put(key: KeySnapshot): number {
    const known = this.find(key.id, 0, key.id.length);
    const row = known === NO_ROW ? this.#add(key.id) : known;
    if (known !== NO_ROW) this.#forgetDigests(row);
    if ((this.flagsOf(row) & GONE) !== 0) this.#gone -= 1;
    this.#flags[row] = key.flags;
    this.#expires[row] = key.expiresAtMs;
    this.#policies[row] = this.#policyOf(key.policy);
    this.#identities[row] = key.identity;
    this.#sha256[row] = 0;
    for (let slot = 0; slot < SLOTS; slot += 1) this.#putSecret(row, slot, key.secrets[slot]);
    if ((key.flags & LEGACY) !== 0) this.#rememberDigests(row);
    return row;
  }

  /** A key that is gone for good; its row is left empty. Returns it. */
  remove(id: string): number {
    const row = this.find(id, 0, id.length);
    if (row === NO_ROW) return row;
    this.#forgetDigests(row);
    if ((this.flagsOf(row) & GONE) === 0) this.#gone += 1;
    this.#flags[row] = DELETED | GONE;
    for (let slot = 0; slot < SLOTS; slot += 1) this.#putSecret(row, slot, undefined);
    return row;
  }

  idOf(row: number): string {
    let id = '';
    for (let i = 0; i < MAX_ID_CHARS; i += 1) {
      const code = this.#ids[row * MAX_ID_CHARS + i] ?? 0;
      if (code === 0) break;
      id += String.fromCharCode(code);
    }
    return id;
  }

  flagsOf(row: number): number {
    return this.#flags[row] ?? 0;
  }

  expiresAtMs(row: number): number {
    return this.#expires[row] ?? 0;
  }

  policyOf(row: number): CompiledPolicy | undefined {
    return this.#policies[row];
  }

  identityOf(row: number): string | null {
    return this.#identities[row] ?? null;
  }

  /** Version of the pepper of a slot; -1 when the slot is empty. */
  pepperOf(row: number, slot: number): number {
    return this.#peppers[row * SLOTS + slot] ?? -1;
  }

  secretNoOf(row: number, slot: number): number {
    return this.#secretNos[row * SLOTS + slot] ?? 0;
  }

  notAfterMs(row: number, slot: number): number {
    return this.#notAfter[row * SLOTS + slot] ?? 0;
  }

  /** Whether the secret of this number is one of the key's and has not ended. */
  isLive(row: number, secretNo: number, nowMs: number): boolean {
    for (let slot = 0; slot < SLOTS; slot += 1) {
      if (this.secretNoOf(row, slot) === secretNo && this.notAfterMs(row, slot) > nowMs)
        return true;
    }
    return false;
  }

  isSha256(row: number, slot: number): boolean {
    return (((this.#sha256[row] ?? 0) >> slot) & 1) === 1;
  }

  copyDigest(row: number, slot: number, into: Uint8Array): void {
    const from = (row * SLOTS + slot) * DIGEST_BYTES;
    for (let i = 0; i < DIGEST_BYTES; i += 1) into[i] = this.#digests[from + i] ?? 0;
  }

  #add(id: string): number {
    if (id.length > MAX_ID_CHARS || id === '') throw new Error(`Id of ${id.length} characters`);
    if (this.#count === this.#capacity) this.reserve(this.#capacity * 2 - 1);
    const row = this.#count;
    this.#count += 1;
    for (let i = 0; i < id.length; i += 1) this.#ids[row * MAX_ID_CHARS + i] = id.charCodeAt(i);
    this.#insert(row, hashOf(id, 0, id.length));
    return row;
  }

  #insert(row: number, hash: number): void {
    let at = hash & this.#mask;
    while ((this.#index[at] ?? -1) >= 0) at = (at + 1) & this.#mask;
    this.#index[at] = row;
  }

  #reindex(capacity: number): void {
    const size = 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#index = new Int32Array(size).fill(-1);
    this.#mask = size - 1;
    for (let row = 1; row < this.#count; row += 1) {
      const id = this.idOf(row);
      this.#insert(row, hashOf(id, 0, id.length));
    }
  }

  #hasId(row: number, text: string, { from, length }: { from: number; length: number }): boolean {
    const start = row * MAX_ID_CHARS;
    let differs = 0;
    for (let i = 0; i < length; i += 1) {
      differs |= (this.#ids[start + i] ?? 0) ^ text.charCodeAt(from + i);
    }
    return differs === 0 && (length === MAX_ID_CHARS || this.#ids[start + length] === 0);
  }

  #policyOf(text: string): CompiledPolicy {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    const policy = compilePolicy(text);
    if (this.#shared.size < SHARED_POLICIES) this.#shared.set(text, policy);
    return policy;
  }

  #putSecret(row: number, slot: number, secret: SecretSnapshot = NO_SECRET): void {
    const at = row * SLOTS + slot;
    this.#peppers[at] = secret.pepperVersion;
    this.#secretNos[at] = secret.secretNo;
    this.#notAfter[at] = secret.notAfterMs;
    this.#digests.set(secret.digest, at * DIGEST_BYTES);
    if (secret.algorithm === 'sha256') this.#sha256[row] = (this.#sha256[row] ?? 0) | (1 << slot);
  }

  #rememberDigests(row: number): void {
    for (const key of this.#digestKeys(row)) {
      const rows = this.#byDigest.get(key);
      if (rows === undefined) this.#byDigest.set(key, [row]);
      else if (!rows.includes(row)) rows.push(row);
    }
  }

  #forgetDigests(row: number): void {
    for (const key of this.#digestKeys(row)) {
      const rows = this.#byDigest.get(key)?.filter((each) => each !== row) ?? [];
      if (rows.length === 0) this.#byDigest.delete(key);
      else this.#byDigest.set(key, rows);
    }
  }

  #digestKeys(row: number): number[] {
    const slots = [0, 1].filter((slot) => this.pepperOf(row, slot) >= 0);
    return slots.map((slot) => digestKey(this.#digests, (row * SLOTS + slot) * DIGEST_BYTES));
  }

  #sameDigest(at: number, digest: Uint8Array): boolean {
    let differs = 0;
    for (let i = 0; i < DIGEST_BYTES; i += 1) {
      differs |= (this.#digests[at * DIGEST_BYTES + i] ?? 0) ^ (digest[i] ?? 0);
    }
    return differs === 0;
  }
}

/** FNV-1a over the characters, folded: an id is random, so this is enough to spread it. */
function hashOf(text: string, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < from + length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

function digestKey(bytes: Uint8Array, at: number): number {
  let key = 0;
  for (let i = 0; i < 6; i += 1) key = key * 256 + (bytes[at + i] ?? 0);
  return key;
}

function grown<Column extends Uint8Array | Int32Array | Float64Array>(
  from: Column,
  into: Column,
): Column {
  into.set(from);
  return into;
}
