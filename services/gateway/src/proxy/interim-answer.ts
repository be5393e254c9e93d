import type { RequestScope } from './request-scope.ts';

/**
 * Passes an interim answer on. Early hints are for the client; `100 Continue` was given by us, and
 * what else there is belongs to the hop to the upstream.
 */
export function passInterim(scope: RequestScope, status: number, headers: readonly string[]): void {
  const { request, response } = scope;
  // HTTP/1.0 clients know no interim answers.
  if (status !== 103 || request.httpVersionMinor === 0 || response.headersSent) return;
  const links: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i] === 'link') links.push(headers[i + 1] ?? '');
  }
  if (links.length === 0) return;
  try {
    response.writeEarlyHints({ link: links });
  } catch {
    // Node refuses links that it does not understand. A hint may be lost; the answer may not.
  }
}
