/** The upstream's routes that get a label of their own in metrics and logs. */
export const UPSTREAM_ROUTES = [
  '/api/health',
  '/api/v1/omni/summary',
  '/v1/embeddings',
  '/v1/models',
  '/api/docs',
] as const;

/** The gateway's own routes; everything else is proxied. */
export const OWN_ROUTES = ['/health', '/health/ready', '/health/live', '/metrics'] as const;
export type OwnRoute = (typeof OWN_ROUTES)[number] | '/admin/v1';

const own: ReadonlySet<string> = new Set(OWN_ROUTES);

/** Path without the query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

/** The own route that a path means, if any. */
export function matchOwnRoute(path: string): OwnRoute | undefined {
  if (own.has(path)) return path as OwnRoute;
  return path === '/admin/v1' || path.startsWith('/admin/v1/') ? '/admin/v1' : undefined;
}
