import type { IncomingMessage } from 'node:http';

/**
 * How many more hops an OPTIONS request may take (RFC 9110 7.6.2): at 0 we answer it ourselves;
 * undefined when it doesn't say, or says what is no number.
 */
export function maxForwards({ method, headers }: IncomingMessage): number | undefined {
  if (method !== 'OPTIONS') return undefined;
  const value = headers['max-forwards'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
