import { isDeepStrictEqual } from 'node:util';
import type { Template } from './resources.ts';

/** The zero of every enum in the API. */
const UNSPECIFIED = /^[A-Z_]+_UNSPECIFIED$/;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** `{service}-{generation, 5 digits}-{3 letters}`, as the server names revisions. */
export function makeRevisionId(
  service: string,
  generation: number,
  random: () => number = Math.random,
): string {
  const suffix = Array.from({ length: 3 }, () => LETTERS[Math.floor(random() * 26)]).join('');
  return `${service}-${String(generation).padStart(5, '0')}-${suffix}`;
}

/** Only a changed template cuts a revision; the name asked for is not part of the comparison. */
export function sameTemplate(a: Template | undefined, b: Template | undefined): boolean {
  return sameFields(withoutName(a ?? {}), withoutName(b ?? {}));
}

function withoutName({ revision: _, ...rest }: Template): object {
  return rest;
}

/** Do two messages mean the same? */
export function sameFields(a: object, b: object): boolean {
  return isDeepStrictEqual(withoutDefaults(a), withoutDefaults(b));
}

/**
 * On the wire an empty field and an absent one are the same, and clients send back what they read:
 * neither nulls nor empty strings, lists and messages may count as a change.
 */
function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutDefaults);
  if (typeof value !== 'object' || value === null) return isDefault(value) ? undefined : value;
  const fields = Object.entries(value)
    // A literal environment value is the user's own text, whatever it looks like.
    .map(([name, field]) => [name, name === 'value' ? field : withoutDefaults(field)] as const)
    .filter(([, field]) => field !== undefined && field !== '');
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

function isDefault(value: unknown): boolean {
  if (typeof value === 'string') return value === '' || value === '0' || UNSPECIFIED.test(value);
  return value === null || value === 0 || value === false;
}
