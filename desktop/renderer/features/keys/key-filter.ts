import type { ApiKey, KeyStatus } from '../../../shared/domain/api-key.ts';
import { keyStatus, visibleKey } from '../../../shared/domain/api-key.ts';

/** The segments above the table, in their order. */
export const KEY_FILTERS = ['all', 'active', 'expiring', 'expired', 'revoked'] as const;
export type KeyFilter = (typeof KEY_FILTERS)[number];

/** What the operator asked the table for. */
export interface KeyQuery {
  readonly filter: KeyFilter;
  readonly search: string;
}

/** Keys that work come first: they are what an operator looks for. */
const ORDER: Readonly<Record<KeyStatus, number>> = {
  active: 0,
  expiring: 0,
  expired: 1,
  revoked: 2,
};

/** An expiring key still lets its clients in, so it counts as active too. */
function matchesFilter(status: KeyStatus, filter: KeyFilter): boolean {
  if (filter === 'all' || status === filter) return true;
  return filter === 'active' && status === 'expiring';
}

function matchesSearch(key: ApiKey, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return [key.name, visibleKey(key), key.last4, key.environment].some((text) =>
    text.toLowerCase().includes(wanted),
  );
}

/** How many keys each segment would show at `now` (epoch ms). */
export function countByFilter(keys: readonly ApiKey[], now: number): Record<KeyFilter, number> {
  const count = (filter: KeyFilter): number =>
    keys.filter((key) => matchesFilter(keyStatus(key, now), filter)).length;
  return {
    all: keys.length,
    active: count('active'),
    expiring: count('expiring'),
    expired: count('expired'),
    revoked: count('revoked'),
  };
}

/** The keys of one segment that carry the search text, the working ones first, then by name. */
export function filterKeys(
  keys: readonly ApiKey[],
  query: KeyQuery,
  now: number,
): readonly ApiKey[] {
  return keys
    .filter((key) => matchesFilter(keyStatus(key, now), query.filter))
    .filter((key) => matchesSearch(key, query.search))
    .toSorted(
      (a, b) => ORDER[keyStatus(a, now)] - ORDER[keyStatus(b, now)] || a.name.localeCompare(b.name),
    );
}
