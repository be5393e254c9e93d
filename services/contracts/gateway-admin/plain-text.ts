import { z } from 'zod';

/** Control characters would break log lines, CSV files and Postgres (NUL); lone surrogates JSON. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** A line of text that an operator wrote. */
export const plainText = (maximum: number): z.ZodString =>
  z
    .string()
    .trim()
    .max(maximum)
    .refine((text) => !UNPRINTABLE.test(text), 'must not contain control characters');

/**
 * Public id of a key: 12 characters, or `env_<n>` for the n-th key of API_KEYS. Nothing longer, so
 * that a key that is pasted where its id belongs is refused and not repeated.
 */
export const keyId = z
  .string()
  .regex(/^(?:[0-9A-Za-z]{12}|env_\d{1,6})$/, 'is not the id of a key');

/** Why a change is made; kept in the audit log. */
export const reason = plainText(200).default('');

/** Epoch of the key store; raised by one with every change. */
export const epoch = z.number().int().nonnegative();

/** Position for the next page, as the page before named it; opaque. */
export const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/, 'is not a cursor');

/** Numbers arrive as text in a query string. */
export const pageLimit = (fallback: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(1).max(200).default(fallback);
