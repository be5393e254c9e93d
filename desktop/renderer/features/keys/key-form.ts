import type { CreateKeyInput } from '../../../shared/contract/keys.ts';

const DAY_MS = 24 * 3_600_000;

/** How long a new key lives, in the order of the choice. */
export const EXPIRY_PRESETS = [
  { id: '7d', label: '7 days', days: 7 },
  { id: '30d', label: '30 days', days: 30 },
  { id: '90d', label: '90 days', days: 90 },
  { id: '365d', label: '1 year', days: 365 },
  { id: 'never', label: 'Never', days: null },
] as const;
export type ExpiryPreset = (typeof EXPIRY_PRESETS)[number]['id'];

/** The form as it is typed: text where people type text. */
export interface KeyForm {
  readonly name: string;
  readonly environment: string;
  /** Requests per minute; empty means no limit. */
  readonly limit: string;
  readonly expiry: ExpiryPreset;
}
export type KeyFormErrors = Partial<Record<keyof KeyForm, string>>;

/** A limit and an end by default: a key without them is a choice, not an oversight. */
export const EMPTY_KEY_FORM: KeyForm = {
  name: '',
  environment: 'live',
  limit: '120',
  expiry: '90d',
};

/** `90d` at `now` (epoch ms) -> ISO time, null for never. */
export function expiryDate(preset: ExpiryPreset, now: number): string | null {
  const days = EXPIRY_PRESETS.find(({ id }) => id === preset)?.days ?? null;
  return days === null ? null : new Date(now + days * DAY_MS).toISOString();
}

/** What the contract is asked for; still to be parsed by its schema. */
export function toCreateKeyInput(form: KeyForm, now: number): CreateKeyInput {
  const limit = form.limit.trim();
  return {
    name: form.name.trim(),
    environment: form.environment.trim(),
    expiresAt: expiryDate(form.expiry, now),
    rateLimitPerMinute: limit === '' ? null : Number(limit),
  };
}

const FIELD_OF: Readonly<Record<keyof CreateKeyInput, keyof KeyForm>> = {
  name: 'name',
  environment: 'environment',
  expiresAt: 'expiry',
  rateLimitPerMinute: 'limit',
};

/** What the form needs to know of a schema's complaint. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The first complaint per field of the form. */
export function toFormErrors(issues: readonly Issue[]): KeyFormErrors {
  const errors: KeyFormErrors = {};
  for (const { path, message } of issues) {
    const [field] = path;
    if (typeof field !== 'string' || !Object.hasOwn(FIELD_OF, field)) continue;
    errors[FIELD_OF[field as keyof CreateKeyInput]] ??= message;
  }
  return errors;
}

/**
 * Checks the form with the schema that main parses the call with. The schema, and zod with it, is
 * loaded when somebody creates a key, not when the console starts.
 */
export async function checkKeyForm(
  form: KeyForm,
  now: number,
): Promise<{ input: CreateKeyInput } | { errors: KeyFormErrors }> {
  const { createKeyInput } = await import('../../../shared/contract/keys.ts');
  const input = toCreateKeyInput(form, now);
  // zod's own words for this one would speak of NaN.
  if (Number.isNaN(input.rateLimitPerMinute)) return { errors: { limit: 'A whole number.' } };
  const parsed = createKeyInput.safeParse(input);
  return parsed.success ? { input: parsed.data } : { errors: toFormErrors(parsed.error.issues) };
}
