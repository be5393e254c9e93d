import { parse } from 'yaml';
import { ImportFormatError, toImportItem } from './imported-key.ts';
import type { ImportItem } from './imported-key.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Kong: a deck file (YAML or JSON) with `consumers[].keyauth_credentials[]` or a flat
 * `keyauth_credentials[]`, or the admin API's `{data: []}`. Keys are plain there.
 */
export function readKongKeys(text: string): ImportItem[] {
  const file = asFields(parseYaml(text));
  const nested = listOf(file, 'consumers').flatMap((consumer) => {
    const owner = consumer['username'] ?? consumer['custom_id'];
    return listOf(consumer, 'keyauth_credentials').map((credential) => ({ credential, owner }));
  });
  const flat = [...listOf(file, 'keyauth_credentials'), ...listOf(file, 'data')].map(
    (credential) => ({ credential, owner: ownerOf(credential['consumer']) }),
  );
  const all = [...nested, ...flat];
  if (all.length === 0) throw new ImportFormatError('There are no keyauth_credentials');
  return all.map(({ credential, owner }, index) => {
    const { ttl, created_at: created } = credential;
    return toImportItem(index + 1, {
      name: owner,
      identity: owner,
      plain: credential['key'],
      tags: credential['tags'],
      ...(typeof ttl === 'number' && ttl > 0 ? endOfTtl(ttl, created) : {}),
    });
  });
}

/** Unkey: `{keys: []}` or an array, each with the SHA-256 `hash` (base64 or hex, or in an object). */
export function readUnkeyKeys(text: string): ImportItem[] {
  return itemsOf(parseJson(text), ['keys', 'data']).map((key, index) => {
    const { hash, expires, ratelimit, ownerId, externalId, enabled } = key;
    const { limit, duration } = asFields(ratelimit);
    const perMinute = toPerMinute(limit, duration);
    return toImportItem(index + 1, {
      name: key['name'] ?? key['keyId'] ?? key['id'],
      sha256: asFields(hash)['value'] ?? hash,
      plain: key['plaintext'],
      identity: externalId ?? ownerId,
      expiresAt: timeOf(expires),
      rateLimitPerMinute: perMinute,
      disabled: enabled === false,
      note: limit !== undefined && perMinute === null ? 'Its rate limit was not taken over' : '',
    });
  });
}

/** LiteLLM: `{keys: []}` or an array of verification tokens; `token` is the SHA-256 in hex. */
export function readLiteLlmKeys(text: string): ImportItem[] {
  return itemsOf(parseJson(text), ['keys', 'data']).map((key, index) => {
    const { token, expires, rpm_limit: perMinute, user_id: user, blocked } = key;
    const spend = key['max_budget'] !== undefined && key['max_budget'] !== null;
    return toImportItem(index + 1, {
      name: key['key_alias'] ?? key['key_name'],
      // A token that begins with sk- was exported before it was hashed.
      ...(typeof token === 'string' && token.startsWith('sk-')
        ? { plain: token }
        : { sha256: token }),
      identity: user ?? key['team_id'],
      expiresAt: timeOf(expires),
      rateLimitPerMinute: perMinute ?? null,
      disabled: blocked === true,
      note: spend ? 'Its budget was not taken over' : '',
    });
  });
}

function parseYaml(text: string): unknown {
  try {
    // Aliases can unfold to more than memory holds.
    return parse(text, { maxAliasCount: 100 }) as unknown;
  } catch {
    // The parser's words repeat the line, which may hold a key.
    throw new ImportFormatError('The text is neither YAML nor JSON');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Node's words repeat a piece of the text, which may hold a key.
    throw new ImportFormatError('The text is not JSON');
  }
}

function itemsOf(file: unknown, names: readonly string[]): readonly Fields[] {
  const lists = Array.isArray(file) ? [file] : names.map((name) => asFields(file)[name]);
  const found = lists.find((list) => Array.isArray(list) && list.length > 0);
  if (!Array.isArray(found)) throw new ImportFormatError('There are no keys in it');
  return found.map(asFields);
}

function listOf(fields: Fields, name: string): readonly Fields[] {
  const list = fields[name];
  return Array.isArray(list) ? list.map(asFields) : [];
}

function asFields(value: unknown): Fields {
  return value !== null && typeof value === 'object' ? (value as Fields) : {};
}

function ownerOf(consumer: unknown): unknown {
  if (typeof consumer === 'string') return consumer;
  const { username, custom_id: customId, id } = asFields(consumer);
  return username ?? customId ?? id;
}

/** `ttl` counts from the creation, both in seconds. */
function endOfTtl(ttl: number, created: unknown): { expiresAt: Date } {
  const from = typeof created === 'number' ? created * 1_000 : Date.now();
  return { expiresAt: new Date(from + ttl * 1_000) };
}

/** Unix seconds or milliseconds, or a text; null for none. */
function timeOf(value: unknown): Date | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number') return new Date(value < 1e11 ? value * 1_000 : value);
  return new Date(typeof value === 'string' ? value : Number.NaN);
}

/** Only windows that divide a minute, or are one, mean the same as "per minute". */
function toPerMinute(limit: unknown, durationMs: unknown): number | null {
  return typeof limit === 'number' && durationMs === 60_000 ? limit : null;
}
