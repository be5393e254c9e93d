import type { IncomingMessage } from 'node:http';

/** Cloud Run's own name for the cookie that leads a client back to its instance. */
const COOKIE = 'GAESA';
const MAX_AGE_S = 30 * 24 * 3600;

/** The instance that the client was with before, or an empty string. */
export function affinityOf(request: IncomingMessage): string {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name = '', value = ''] = pair.trim().split('=');
    if (name === COOKIE) return value;
  }
  return '';
}

export function affinityCookie(instance: string): string {
  return `${COOKIE}=${instance}; Max-Age=${MAX_AGE_S}; Path=/; HttpOnly; SameSite=Lax`;
}
