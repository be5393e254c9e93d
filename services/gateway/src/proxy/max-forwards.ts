import type { ClientRequest } from './client-message.ts';

/**
 * How many more hops an OPTIONS request may take (RFC 9110 7.6.2): at 0 we answer it ourselves;
 * undefined when it doesn't say, or says what is no number.
 */
export function maxForwards(request: ClientRequest): number | undefined {
  if (request.method !== 'OPTIONS') return undefined;
  const value = request.headers['max-forwards'];
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
