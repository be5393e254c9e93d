/** A key as a file of another gateway describes it. */
export interface ImportedKey {
  /** Line or item, from 1. */
  position: number;
  name: string;
  secret: { kind: 'plain'; text: string } | { kind: 'sha256'; digest: Buffer };
  expiresAt: Date | null;
  rateLimitPerMinute: number | null;
  identity: string | null;
  tags: readonly string[];
  disabled: boolean;
  /** What of it can't be kept, for the report. */
  note: string;
}

/** An item that is no key; the reason never repeats what stood there. */
export interface InvalidItem {
  position: number;
  name: string;
  reason: string;
}

export type ImportItem = { ok: true; key: ImportedKey } | { ok: false; item: InvalidItem };

/** The whole text is not of the format. */
export class ImportFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImportFormatError';
  }
}

/** What a reader found of an item; everything may be missing or wrong. */
export interface FoundFields {
  name?: unknown;
  plain?: unknown;
  sha256?: unknown;
  expiresAt?: Date | null | undefined;
  rateLimitPerMinute?: unknown;
  identity?: unknown;
  tags?: unknown;
  disabled?: boolean;
  note?: string;
}

const MAX_KEY_CHARS = 512;
const UNPRINTABLE = /[^\x21-\x7e]/;
/** Everything but control characters. */
const CONTROL = /\p{Cc}/gu;

/** Checks the fields that a reader found; the rules are the same for every format. */
export function toImportItem(position: number, found: FoundFields): ImportItem {
  const name = clean(found.name, 80) || `imported ${position}`;
  const secret = secretOf(found);
  if (typeof secret === 'string') return { ok: false, item: { position, name, reason: secret } };
  const fault = faultOf(found);
  if (fault !== null) return { ok: false, item: { position, name, reason: fault } };
  return { ok: true, key: { ...{ position, name, secret }, ...factsOf(found) } };
}

function factsOf(found: FoundFields): Omit<ImportedKey, 'position' | 'name' | 'secret'> {
  const { expiresAt = null, rateLimitPerMinute, disabled = false, note = '' } = found;
  return {
    ...{ expiresAt, disabled, note },
    rateLimitPerMinute: isLimit(rateLimitPerMinute) ? rateLimitPerMinute : null,
    identity: clean(found.identity, 120) || null,
    tags: tagsOf(found.tags),
  };
}

/** What is wrong beside the secret; null when nothing is. */
function faultOf({ expiresAt = null, rateLimitPerMinute = null }: FoundFields): string | null {
  if (expiresAt !== null && Number.isNaN(expiresAt.getTime())) return 'The end is no time';
  const isFine = rateLimitPerMinute === null || isLimit(rateLimitPerMinute);
  return isFine ? null : 'The limit is no whole number above 0';
}

function secretOf({ plain, sha256 }: FoundFields): ImportedKey['secret'] | string {
  if (typeof sha256 === 'string' && sha256 !== '') {
    const digest = readDigest(sha256);
    return digest === null
      ? 'The hash is not SHA-256 in hex or base64'
      : { kind: 'sha256', digest };
  }
  if (typeof plain !== 'string' || plain === '') return 'There is neither a key nor a hash';
  if (plain.length > MAX_KEY_CHARS || UNPRINTABLE.test(plain)) {
    return 'The key has spaces or characters that no header can carry, or more than 512';
  }
  return { kind: 'plain', text: plain };
}

/** 64 hex digits, or base64 (also URL-safe) of 32 bytes. */
function readDigest(text: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 ? bytes : null;
}

function isLimit(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 1_000_000;
}

function tagsOf(tags: unknown): readonly string[] {
  if (!Array.isArray(tags)) return [];
  return tags
    .map((tag) => clean(tag, 64))
    .filter((tag) => tag !== '')
    .slice(0, 20);
}

function clean(value: unknown, maximum: number): string {
  return typeof value === 'string' ? value.replace(CONTROL, ' ').trim().slice(0, maximum) : '';
}
