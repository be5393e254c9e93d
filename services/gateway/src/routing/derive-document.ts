import { UNMATCHED_ROUTE } from '@omni/kit/metrics.ts';
import { DEFAULT_UPSTREAM } from '../metrics/upstream-metrics.ts';
import type { ConfigDocumentInput } from './config-document.ts';

/** The settings of the environment that a single upstream takes. */
export interface EnvironmentSettings {
  readonly upstreamUrl: string;
  readonly upstreamTimeoutMs: number;
  readonly bodyLimitBytes: number;
  readonly upstreamAuth: 'none' | 'google-id-token';
  /** Paths that get a label of their own. */
  readonly labels: readonly string[];
}

/** What the environment says, as a document: one upstream and one route for everything. */
export function deriveDocument(env: EnvironmentSettings): ConfigDocumentInput {
  return {
    format: 1,
    upstreams: {
      [DEFAULT_UPSTREAM]: { targets: [{ url: env.upstreamUrl }], auth: env.upstreamAuth },
    },
    routes: [
      {
        id: UNMATCHED_ROUTE,
        pathPrefix: '/',
        upstream: DEFAULT_UPSTREAM,
        timeouts: { headMs: env.upstreamTimeoutMs, idleMs: 300_000 },
        bodyLimitBytes: env.bodyLimitBytes,
        labels: [...env.labels],
      },
    ],
  };
}
