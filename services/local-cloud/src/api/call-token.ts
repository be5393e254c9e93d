import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares a bearer header with the run's token in constant time, whatever its length. */
export function isAuthorized(header: string | undefined, token: string): boolean {
  const given = createHash('sha256')
    .update(header ?? '')
    .digest();
  const expected = createHash('sha256').update(`Bearer ${token}`).digest();
  return timingSafeEqual(given, expected);
}
