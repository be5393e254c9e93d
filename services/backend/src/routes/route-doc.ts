import type { DocumentedRoute, RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    doc?: RouteDoc;
    /** `open`: no principal, no limit (health probes and metrics). */
    access?: 'open' | 'guarded';
  }
}

/** Collects what the routes say about themselves; call before any route is registered. */
export function collectRouteDocs(app: FastifyInstance): readonly DocumentedRoute[] {
  const routes: DocumentedRoute[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    const doc = config?.doc;
    for (const one of [method].flat()) {
      if (doc !== undefined && one !== 'HEAD') routes.push({ method: one, path: url, doc });
    }
  });
  return routes;
}
