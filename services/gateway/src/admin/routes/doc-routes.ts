import { ADMIN_PREFIX } from '@omni/contracts/gateway-admin.ts';
import { buildOpenApi } from '@omni/kit/api-docs/build-openapi.ts';
import { PAGE_CSP, renderPage } from '@omni/kit/api-docs/render-page.ts';
import type { ApiDoc, DocumentedRoute } from '@omni/kit/api-docs/route-doc.ts';
import { z } from 'zod';
import { VERSION } from '../../version.ts';
import { adminRoute } from '../http/admin-route.ts';
import type { AdminRoute } from '../http/admin-route.ts';

const API: ApiDoc = {
  title: 'Omni gateway: admin API',
  version: VERSION,
  description:
    'Keys, limits, configuration and audit of the gateway. Changes need an Idempotency-Key; changes of something that exists need If-Match with its ETag.',
  refusals: {
    401: 'No valid admin credential; an API key is none (`unauthorized`)',
    403: 'The role is too low, or the page is of another origin (`role_denied`, `host_not_allowed`, `origin_not_allowed`)',
    429: 'Too many requests or wrong credentials from this address (`rate_limited`)',
  },
  credential: { header: 'authorization', prefix: 'Bearer ', note: 'Requests need an admin token:' },
  pagePath: `${ADMIN_PREFIX}/docs`,
};

/**
 * The OpenAPI document and the page. Both are the same for everybody and hold nothing of this
 * installation, and a browser can't send a credential when it opens a page: they are open.
 */
export function docRoutes(routes: readonly AdminRoute[]): readonly AdminRoute[] {
  const own = [openApiRoute(), pageRoute()] as const;
  const documented: readonly DocumentedRoute[] = [...routes, ...own].map(
    ({ method, path, doc }) => ({ method, path: `${ADMIN_PREFIX}${path}`, doc }),
  );
  const [openApi, page] = own;
  return [
    {
      ...openApi,
      handle: () => Promise.resolve({ status: 200, body: buildOpenApi(documented, API) }),
    },
    {
      ...page,
      handle: () =>
        Promise.resolve({
          status: 200,
          body: renderPage(documented, API),
          contentType: 'text/html; charset=utf-8',
          headers: { 'content-security-policy': PAGE_CSP },
        }),
    },
  ];
}

/** Answered above: the documents describe these two routes as well. */
const later = (): Promise<never> => Promise.reject(new Error('Not built yet'));

function openApiRoute(): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/openapi.json', role: 'open', effect: 'read', handle: later },
    doc: {
      tag: 'Documentation',
      summary: 'The OpenAPI 3.1 document',
      responses: {
        200: { description: 'OpenAPI document', schema: z.record(z.string(), z.unknown()) },
      },
      examples: [{ name: 'Read', status: 200 }],
    },
  });
}

function pageRoute(): AdminRoute {
  return adminRoute({
    ...{ method: 'GET', path: '/docs', role: 'open', effect: 'read', handle: later },
    doc: {
      tag: 'Documentation',
      summary: 'This page',
      responses: { 200: { description: 'Interactive documentation', contentType: 'text/html' } },
      examples: [{ name: 'Open', status: 200 }],
    },
  });
}
