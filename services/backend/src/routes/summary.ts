import type { OmniSummary } from '@omni/contracts/summary.ts';
import { omniSummary } from '@omni/contracts/summary.ts';
import type { FastifyInstance } from 'fastify';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';

const CACHE_MS = 1_000;

const doc: RouteDoc = {
  tag: 'Operations',
  summary: 'What runs here and how it does',
  description:
    'Version, revision, start-up phases, models, lanes, queue, latency of the last five minutes (health and metrics requests not counted) and dependencies. Cached for one second.',
  responses: { 200: { description: 'Summary', schema: omniSummary } },
  examples: [{ name: 'Ask', status: 200 }],
};

/** `GET /api/v1/omni/summary`; `build` runs at most once a second. */
export function addSummaryRoute(app: FastifyInstance, build: () => OmniSummary): void {
  let cached: OmniSummary | undefined;
  let builtAt = 0;
  app.get('/api/v1/omni/summary', { config: { doc } }, (): OmniSummary => {
    const now = performance.now();
    if (cached === undefined || now - builtAt >= CACHE_MS) {
      cached = build();
      builtAt = now;
    }
    return cached;
  });
}
