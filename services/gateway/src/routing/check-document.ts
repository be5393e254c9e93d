import { configDocumentSchema } from './config-document.ts';
import type { ConfigDocument, RouteDocument } from './config-document.ts';

/** What is wrong with one field of a document, for example `routes[2].upstream`. */
export interface ConfigProblem {
  field: string;
  reason: string;
}

export type CheckedDocument =
  { ok: true; document: ConfigDocument } | { ok: false; problems: readonly ConfigProblem[] };

/** Paths that the gateway answers itself: a route there would never be asked. */
const OWN_PREFIXES = ['/health', '/metrics', '/admin/v1'];

/** Checks a document as a whole; every problem names its field, values are not repeated. */
export function checkDocument(input: unknown): CheckedDocument {
  const parsed = configDocumentSchema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({
      field: fieldName(path),
      reason: message,
    }));
    return { ok: false, problems };
  }
  const document = parsed.data;
  const problems = [
    ...checkUpstreams(document),
    ...checkRoutes(document),
    ...checkLimits(document),
  ];
  return problems.length === 0 ? { ok: true, document } : { ok: false, problems };
}

function checkUpstreams({ upstreams }: ConfigDocument): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [name, { targets, breaker }] of Object.entries(upstreams)) {
    const field = `upstreams.${name}`;
    if (targets.every(({ weight }) => weight === 0)) {
      problems.push({ field: `${field}.targets`, reason: 'at least one weight must be above 0' });
    }
    if (new Set(targets.map(({ url }) => url)).size < targets.length) {
      problems.push({ field: `${field}.targets`, reason: 'a URL occurs twice: use weights' });
    }
    if (breaker.maxOpenMs < breaker.openMs) {
      problems.push({ field: `${field}.breaker.maxOpenMs`, reason: 'is less than openMs' });
    }
  }
  return problems;
}

function checkRoutes({ upstreams, routes }: ConfigDocument): ConfigProblem[] {
  const ids = new Set<string>();
  const taken = new Map<string, string>();
  return routes.flatMap((route, index) => {
    const field = `routes[${index}]`;
    const problems: ConfigProblem[] = [];
    if (!Object.hasOwn(upstreams, route.upstream)) {
      problems.push({ field: `${field}.upstream`, reason: 'names no upstream of this document' });
    }
    if (ids.has(route.id)) problems.push({ field: `${field}.id`, reason: 'occurs twice' });
    ids.add(route.id);
    if (OWN_PREFIXES.some((own) => route.pathPrefix === own)) {
      const reason = 'the gateway answers this path itself';
      problems.push({ field: `${field}.pathPrefix`, reason });
    }
    const rival = claim(taken, route);
    if (rival !== undefined) {
      const reason = `serves what ${rival} serves: same host, prefix and method`;
      problems.push({ field: `${field}.pathPrefix`, reason });
    }
    return problems;
  });
}

/** Registers what a route serves; the id of the route that serves some of it already, if any. */
function claim(taken: Map<string, string>, route: RouteDocument): string | undefined {
  let rival: string | undefined;
  for (const method of route.methods ?? ['*']) {
    const key = `${route.host ?? '*'} ${method} ${route.pathPrefix}`;
    rival ??= taken.get(key);
    taken.set(key, route.id);
  }
  return rival;
}

function checkLimits({ limits, routes }: ConfigDocument): ConfigProblem[] {
  const known = new Set(limits.map(({ id }) => id));
  const problems: ConfigProblem[] = [];
  if (known.size < limits.length) problems.push({ field: 'limits', reason: 'an id occurs twice' });
  routes.forEach((route, at) => {
    route.limits.forEach((limit, index) => {
      if (known.has(limit)) return;
      const field = `routes[${at}].limits[${index}]`;
      problems.push({ field, reason: 'names no limit of this document' });
    });
  });
  return problems;
}

function fieldName(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? '(document)' : text;
}
