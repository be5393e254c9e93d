import { jsonText } from './json-text.ts';
import { methodIndex, METHOD_LABELS } from '@omni/kit/outcome-series.ts';
import type { RequestScope } from '../proxy/request-scope.ts';

const STATUSES = 1_000;
/** Routes are configured; this bounds memory should one ever come from a client. */
const MAX_ROUTES = 200;
const OTHER_METHOD = METHOD_LABELS.length - 1;

/**
 * The part of a line that route, method and status fix, from behind the time to the latency. Each is
 * made once.
 */
export function createLineHeads(names: {
  readonly service: string;
  readonly revision: string;
}): (scope: RequestScope, status: number) => string {
  const origin = `"service":"${jsonText(names.service)}","revision":"${jsonText(names.revision)}"`;
  const make = (route: string, method: string, status: number): string =>
    `","severity":"${severityOf(status)}","message":"request",${origin},"route":"` +
    `${jsonText(route)}","httpRequest":{"requestMethod":"${jsonText(method)}",` +
    `"status":${status},"latency":"`;
  const routes = new Map<string, Map<number, string>>();
  const headsOf = (route: string): Map<number, string> => {
    const heads = new Map<number, string>();
    if (routes.size < MAX_ROUTES) routes.set(route, heads);
    return heads;
  };
  return ({ route, request }, status) => {
    const method = methodIndex(request.method);
    // Not kept: there is no end to the methods that HTTP does not know.
    if (method === OTHER_METHOD) return make(route, request.method ?? '', status);
    const heads = routes.get(route) ?? headsOf(route);
    const key = method * STATUSES + status;
    let head = heads.get(key);
    if (head === undefined) {
      head = make(route, METHOD_LABELS[method] ?? '', status);
      heads.set(key, head);
    }
    return head;
  };
}

function severityOf(status: number): string {
  if (status >= 500) return 'ERROR';
  return status >= 400 ? 'WARNING' : 'INFO';
}
