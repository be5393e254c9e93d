import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';

export interface ResponseDoc {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** A request that works as it stands: shown on the docs page and replayed by a test. */
export interface ExampleDoc {
  readonly name: string;
  readonly body?: unknown;
  readonly status: number;
}

export interface HeaderDoc {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

/** What the OpenAPI document says about a route; every route carries one. */
export interface RouteDoc {
  readonly tag: 'Embeddings' | 'Operations' | 'Documentation';
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.ZodType;
  readonly headers?: readonly HeaderDoc[];
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  readonly examples: readonly ExampleDoc[];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    doc?: RouteDoc;
    /** `open`: no principal, no limit (health probes and metrics). */
    access?: 'open' | 'guarded';
  }
}

export interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  readonly doc: RouteDoc;
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
