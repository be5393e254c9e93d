import type { ConsoleLink } from './client.ts';
import { createHttpLink } from './link-http.ts';
import { createPortLink, receivePort } from './link-port.ts';

/** In the app the page is `app://console` and talks over a port; else it talks to its own origin. */
export function chooseLink(page: Window): ConsoleLink {
  return page.location.protocol === 'app:'
    ? createPortLink(receivePort(page))
    : createHttpLink(page.location.origin);
}
