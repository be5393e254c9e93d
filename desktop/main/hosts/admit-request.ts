import type { IncomingMessage } from 'node:http';
import type { PageAnswer } from './page-files.ts';
import { plain } from './page-files.ts';
import { isSameToken, readCookie, sessionCookieName } from './session-token.ts';

/**
 * Who may come in: null for a request of our own page, else the answer that ends it. In this order:
 * our own name in `Host` (DNS rebinding), our own `Origin` when there is one (other sites' pages),
 * then the token, which the first visit trades for a cookie that no script can read.
 */
export function admit(request: IncomingMessage, token: string): PageAnswer | null {
  const port = request.socket.localPort ?? 0;
  const { host, origin, cookie } = request.headers;
  if (!ownHosts(port).includes(host ?? '')) return plain(421, 'This is not the host you asked for');
  if (origin !== undefined && origin !== `http://${host ?? ''}`) {
    return plain(403, 'Only the page of this console may call it');
  }
  if (isSameToken(tokenOf(request), token)) return letIn(token, port);
  if (isSameToken(readCookie(cookie, sessionCookieName(port)), token)) return null;
  return plain(401, 'Open the address that the console printed when it started');
}

function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${String(port)}`, `localhost:${String(port)}`];
}

function tokenOf(request: IncomingMessage): string | null {
  const [path, query] = (request.url ?? '').split('?');
  return request.method === 'GET' && path === '/' ? new URLSearchParams(query).get('token') : null;
}

/** The redirect takes the token out of the address bar and the history. */
function letIn(token: string, port: number): PageAnswer {
  const answer = plain(302, 'Welcome');
  const cookie = `${sessionCookieName(port)}=${token}; Path=/; HttpOnly; SameSite=Strict`;
  return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie, location: '/' } };
}
