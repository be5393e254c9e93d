import type { KeyUsage, MeteredService, RouteRow } from '../../../shared/domain/latency-board.ts';
import type { Core } from '../core.ts';

/** Requests, quantiles and errors per route over the last minute. */
export async function readRoutes(
  core: Core,
  input: { readonly service: MeteredService },
): Promise<RouteRow[]> {
  return [...(await core.ports.metrics.routes(input.service))];
}

/** Routes and revisions that the boards can be filtered by. */
export async function readFilters(
  core: Core,
  input: { readonly service: MeteredService },
): Promise<{ routes: string[]; revisions: string[] }> {
  const { routes, revisions } = await core.ports.metrics.filters(input.service);
  return { routes: [...routes], revisions: [...revisions] };
}

/** Requests by key in the last hour. */
export async function readKeyUsage(core: Core): Promise<KeyUsage[]> {
  return [...(await core.ports.metrics.keyUsage())];
}
