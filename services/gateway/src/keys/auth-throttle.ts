import { readAddress } from './cidr.ts';

/** So many failures at once are forgiven, then one per interval. */
const FORGIVEN_PER_ADDRESS = 20;
const FORGIVEN_PER_KEY = 5;
const ONE_PER_MS = 3_000;
const ENTRIES = 2 ** 15;

/** Bounds how often failed authentication may ask the store, per address and per key id. */
export interface AuthThrottle {
  /** Whether this address or key id failed too often lately. */
  blocked: (clientAddress: string, keyId: string) => boolean;
  failed: (clientAddress: string, keyId: string) => void;
}

/**
 * A table of fixed size, so that a flood of addresses costs no memory. Two that fall on the same
 * entry: while the first one's failures count, the other is blocked too. That only ever costs it the
 * second look at the store; a key that is known is accepted in any case.
 */
export function createAuthThrottle(nowMs: () => number = () => performance.now()): AuthThrottle {
  const owners = new Uint32Array(ENTRIES);
  /** When all failures of an entry are forgiven. */
  const until = new Float64Array(ENTRIES);
  const isBlocked = (hash: number, forgiven: number): boolean => {
    const at = hash & (ENTRIES - 1);
    const debt = (until[at] ?? 0) - nowMs();
    if (debt <= 0) return false;
    return owners[at] !== hash || debt > (forgiven - 1) * ONE_PER_MS;
  };
  const add = (hash: number): void => {
    const at = hash & (ENTRIES - 1);
    const now = nowMs();
    if (owners[at] !== hash && (until[at] ?? 0) > now) return;
    owners[at] = hash;
    until[at] = Math.max(until[at] ?? 0, now) + ONE_PER_MS;
  };
  return {
    blocked: (clientAddress, keyId) =>
      isBlocked(hashAddress(clientAddress), FORGIVEN_PER_ADDRESS) ||
      isBlocked(hashText(keyId), FORGIVEN_PER_KEY),
    failed(clientAddress, keyId) {
      add(hashAddress(clientAddress));
      add(hashText(keyId));
    },
  };
}

const words = new Int32Array(4);

/** IPv4 addresses count each, IPv6 by their /64: that is what one customer is given. */
function hashAddress(address: string): number {
  if (!readAddress(address, words)) return hashText(address);
  const isV4 = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  const seed = mix(mix(0x9e3779b9, words[0] ?? 0), words[1] ?? 0);
  return (isV4 ? mix(seed, words[3] ?? 0) : seed) >>> 0;
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, text.length) >>> 0;
}

function mix(hash: number, word: number): number {
  let mixed = Math.imul(hash ^ word, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
