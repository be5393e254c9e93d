import type { UpstreamClient } from '../http1/upstream-client.ts';
import type { UpstreamFactories } from '../upstreams/upstream.ts';
import type { ConfigDocumentInput } from './config-document.ts';

/** For tests: clients that send nothing and tell when they were closed. */
export interface TestFactories extends UpstreamFactories {
  /** Origins that were connected to, and closed, in order. */
  opened: string[];
  closed: string[];
}

export function testFactories(): TestFactories {
  const opened: string[] = [];
  const closed: string[] = [];
  return {
    opened,
    closed,
    client(url): UpstreamClient {
      opened.push(url.origin);
      return {
        send: () => {
          throw new Error('Nothing is sent here');
        },
        close: () => {
          closed.push(url.origin);
          return Promise.resolve();
        },
        destroy: () => undefined,
      };
    },
    idToken: () => ({ headers: () => [], ensure: () => null, stop: () => undefined }),
    clock: () => 0,
    random: () => 0,
  };
}

/** A document with upstream `a` and the given routes. */
export function documentOf(
  routes: ConfigDocumentInput['routes'],
  upstreams: ConfigDocumentInput['upstreams'] = { a: { targets: [{ url: 'http://a.test' }] } },
): ConfigDocumentInput {
  return { format: 1, upstreams, routes };
}
