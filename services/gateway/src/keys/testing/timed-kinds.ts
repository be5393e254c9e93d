import { createApiKeyAuth } from '../api-key-auth.ts';
import type { ApiKeyAuth } from '../api-key-auth.ts';
import { createKeyHasher, processPepper } from '../hash-key.ts';
import { mintKey } from '../key-format.ts';
import type { TimedKind } from './measure-timing.ts';
import { memoryKeys, storedKey } from './memory-keys.ts';

const KEYS = 1_000;
const hasher = createKeyHasher(processPepper());
const known = Array.from({ length: KEYS }, () => mintKey('live'));
const wrongSecret = known.map(({ id }) => mintKey('live', id).text);
const unknown = known.map(() => mintKey('live').text);
const malformed = unknown.map((text) => `${text.slice(0, -1)}${text.endsWith('a') ? 'b' : 'a'}`);

const kind = (name: string, texts: readonly string[]): TimedKind => ({
  name,
  text: (n) => texts[n % KEYS] ?? '',
});

/** The three ways in which a key can be wrong. */
export const WRONG_KEYS: readonly TimedKind[] = [
  kind('wrong secret', wrongSecret),
  kind('unknown id', unknown),
  kind('malformed', malformed),
];
export const RIGHT_KEY = known[0]?.text ?? '';

/** Decides at once: an address that failed too often gets no second look at the store. */
export function blockedAuth(): ApiKeyAuth {
  const keys = known.map((minted) => storedKey(minted, hasher));
  const stored = memoryKeys(keys, { nowMs: Date.now() });
  const throttle = { blocked: () => true, failed: () => undefined };
  return createApiKeyAuth({ hasher, staticKeys: [], stored, throttle, environments: null });
}
