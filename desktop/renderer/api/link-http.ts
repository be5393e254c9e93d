import { RPCLink } from '@orpc/client/fetch';
import type { ConsoleLink } from './client.ts';
import { HostGoneError } from './host-gone-error.ts';

/** The link to the Node host that served this page: same origin, with its session cookie. */
export function createHttpLink(origin: string): ConsoleLink {
  return new RPCLink({
    url: `${origin}/rpc`,
    fetch: async (request, init) => {
      try {
        return await fetch(request, { ...init, credentials: 'same-origin' });
      } catch (cause) {
        // `fetch` itself only fails when nobody listens any more, or when we aborted it.
        if (request.signal.aborted) throw cause;
        throw new HostGoneError({ cause });
      }
    },
  });
}
