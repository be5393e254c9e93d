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
const ADMIN = '/admin/v1';
export type OwnRoute = (typeof OWN_ROUTES)[number] | typeof ADMIN;

const own: ReadonlySet<string> = new Set(OWN_ROUTES);

/** Path without the query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}

/** The own route that a path means, if any. */
export function matchOwnRoute(path: string): OwnRoute | undefined {
  if (own.has(path)) return path as OwnRoute;
  return path === ADMIN || path.startsWith(`${ADMIN}/`) ? ADMIN : undefined;
}

/** Whether a request target may be one of the admin API: never false for one that is. */
export function mayBeAdmin(target: string): boolean {
  return target.startsWith(ADMIN);
}
