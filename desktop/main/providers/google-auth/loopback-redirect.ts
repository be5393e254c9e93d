import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { signInFailed } from './access-errors.ts';

/** A server on loopback that waits for one browser to come back from Google. */
export interface LoopbackRedirect {
  /** `http://127.0.0.1:PORT/`, for Google to send the browser to. */
  readonly uri: string;
  /** Resolves with the code. Rejects with SIGN_IN_FAILED, or with the signal's reason. */
  readonly code: Promise<string>;
  close(): Promise<void>;
}

/**
 * Only an answer with the right `state` counts: anything on this machine, and any page in the
 * operator's browser, can call a port of loopback. A wrong one is told so and ends nothing.
 */
export async function openLoopbackRedirect(
  state: string,
  signal: AbortSignal,
): Promise<LoopbackRedirect> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const code = codeFrom(server, state, signal);
  // Whoever waits gets the reason; until then a refusal must not count as unhandled.
  code.catch(() => undefined);
  return {
    uri: `http://127.0.0.1:${String(portOf(server))}/`,
    code,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function codeFrom(server: Server, state: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(signal.reason as Error);
    if (signal.aborted) ended();
    signal.addEventListener('abort', ended, { once: true });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const read = isOurs(request) ? readAnswer(request, state) : NOT_OURS;
      answer(response, read);
      if (read.kind === 'code') resolve(read.code);
      if (read.kind === 'refused') reject(signInFailed(read.why));
    });
  });
}

type Answer =
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'foreign'; readonly status: 400 | 404 };

const NOT_OURS: Answer = { kind: 'foreign', status: 404 };

/** A page that reached loopback under a name of its own is not Google's redirect. */
function isOurs({ method, headers, url = '' }: IncomingMessage): boolean {
  const isHere = /^127\.0\.0\.1:\d+$/.test(headers.host ?? '');
  return method === 'GET' && isHere && /^\/(\?|$)/.test(url);
}

function readAnswer(request: IncomingMessage, state: string): Answer {
  const { searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (searchParams.get('state') !== state) return { kind: 'foreign', status: 400 };
  const code = searchParams.get('code');
  if (code !== null && code !== '') return { kind: 'code', code };
  const error = searchParams.get('error') ?? 'Google sent neither a code nor a reason.';
  return {
    kind: 'refused',
    why: error === 'access_denied' ? 'it was declined.' : error.slice(0, 80),
  };
}

const PAGES: Readonly<Record<Answer['kind'], readonly [title: string, words: string]>> = {
  code: ['Signed in', 'You can close this tab and go back to Omni Console.'],
  refused: ['Not signed in', 'Nothing was changed. Go back to Omni Console to try again.'],
  foreign: ['Not expected here', 'This answer belongs to no sign-in that Omni Console waits for.'],
};

function answer(response: ServerResponse, read: Answer): void {
  const [title, words] = PAGES[read.kind];
  response.writeHead(read.kind === 'foreign' ? read.status : 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(`<!doctype html><title>${title}</title><h1>${title}</h1><p>${words}</p>`);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
