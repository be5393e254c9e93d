import type { ConsoleLink } from './client.ts';
import { HostGoneError } from './host-gone-error.ts';
import { createPortLink } from './link-port.ts';
import { openPortOverHttp } from './port-over-http.ts';

/**
 * The link to the Node host that served this page: same origin, with its session cookie. It is the
 * port link over a port made of HTTP; a call after the port was lost opens a new one.
 */
export function createHttpLink(origin: string): ConsoleLink {
  let link: ConsoleLink | null = null;
  const open = (): ConsoleLink => {
    const port = openPortOverHttp(origin).catch((cause: unknown) => {
      link = null;
      throw new HostGoneError({ cause });
    });
    port.then(
      (opened) => opened.addEventListener('close', () => (link = null)),
      // Whoever calls gets the reason.
      () => undefined,
    );
    return createPortLink(port);
  };
  return { call: (path, input, options) => (link ??= open()).call(path, input, options) };
}
