import type { Json } from '@omni/kit/api-docs/build-openapi.ts';
import { buildOpenApi } from '@omni/kit/api-docs/build-openapi.ts';
import { PAGE_CSP, renderPage } from '@omni/kit/api-docs/render-page.ts';
import type { ApiDoc, DocumentedRoute, RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

const pageDoc: RouteDoc = {
  tag: 'Documentation',
  summary: 'This page',
  responses: { 200: { description: 'Interactive documentation', contentType: 'text/html' } },
  examples: [{ name: 'Open', status: 200 }],
};
const openApiDoc: RouteDoc = {
  tag: 'Documentation',
  summary: 'The OpenAPI 3.1 document',
  responses: {
    200: { description: 'OpenAPI document', schema: z.record(z.string(), z.unknown()) },
  },
  examples: [{ name: 'Read', status: 200 }],
};

const api = (version: string): ApiDoc => ({
  title: 'Omni ML backend',
  version,
  description: 'Embeddings, health and summary. Reached through the gateway or directly.',
  refusals: {
    401: 'Internal mode: no valid principal',
    429: 'Too many requests from this address',
  },
  credential: { header: 'x-api-key', prefix: '', note: 'Behind the gateway, requests need a key:' },
  pagePath: '/api/docs',
});

/** `/api/docs` and `/api/openapi.json`, both built once, at the first request. */
export function addDocsRoutes(
  app: FastifyInstance,
  routes: readonly DocumentedRoute[],
  version: string,
): void {
  let page: string | undefined;
  let document: Json | undefined;
  app.get('/api/docs', { config: { doc: pageDoc } }, (_request, reply) => {
    page ??= renderPage(routes, api(version));
    return reply
      .header('content-security-policy', PAGE_CSP)
      .header('x-content-type-options', 'nosniff')
      .type('text/html; charset=utf-8')
      .send(page);
  });
  app.get('/api/openapi.json', { config: { doc: openApiDoc } }, () => {
    document ??= buildOpenApi(routes, api(version));
    return document;
  });
}
