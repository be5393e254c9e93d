/**
 * What a key may be used for. Two forms:
 * - `GET,POST /v1/models/*`: methods (or `*`) and a path pattern, in which `*` stands for one segment
 *   and a `**` at the end for any number of them;
 * - `metrics:read`: the name of a permission that is not a proxied route; this one opens /metrics.
 */
export interface Scope {
  readonly kind: 'route' | 'name';
  /** Empty means every method. */
  readonly methods: readonly string[];
  /** Segments of the pattern without a trailing `**`. */
  readonly segments: readonly string[];
  /** The pattern ended with `**`. */
  readonly open: boolean;
}

/** Decides whether a request is in one of a key's scopes. */
export type ScopeMatcher = (method: string, path: string) => boolean;

export const METRICS_SCOPE = 'metrics:read';
/** What names open of the gateway's own routes; no proxied one can have these paths. */
const OWN_ROUTES: Readonly<Record<string, string>> = { [METRICS_SCOPE]: 'GET /metrics' };

const NAME = /^[a-z][a-z0-9_-]{0,31}:[a-z][a-z0-9_-]{0,31}$/;
const METHODS = /^(?:\*|[A-Z]{3,10}(?:,[A-Z]{3,10})*)$/;
/** Printable, without what URLs would encode and without dots that stand for folders. */
const PATH = /^\/[\x21-\x22\x24-\x3e\x40-\x5b\x5d-\x7e]*$/;
const MAX_CHARS = 300;

/** Null when the text is not a scope. */
export function parseScope(text: string): Scope | null {
  if (text.length > MAX_CHARS) return null;
  if (NAME.test(text)) return { kind: 'name', methods: [], segments: [], open: false };
  const space = text.indexOf(' ');
  const methods = text.slice(0, Math.max(space, 0));
  const path = text.slice(space + 1);
  if (!METHODS.test(methods) || !PATH.test(path)) return null;
  const segments = path.slice(1).split('/');
  const open = segments.at(-1) === '**';
  if (open) segments.pop();
  if (segments.some(isBadSegment)) return null;
  return { kind: 'route', methods: methods === '*' ? [] : methods.split(','), segments, open };
}

function isBadSegment(segment: string): boolean {
  return segment === '.' || segment === '..' || (segment.includes('*') && segment !== '*');
}

/**
 * One function for a key's scopes, made when the key is loaded. Without scopes everything is
 * allowed; with scopes everything else is denied.
 */
export function compileScopes(texts: readonly string[]): ScopeMatcher | null {
  if (texts.length === 0) return null;
  const routes = texts
    .map((text) => parseScope(OWN_ROUTES[text] ?? text))
    .filter((scope) => scope?.kind === 'route');
  const matchers = routes.map((scope) => compileScope(scope as Scope));
  return (method, path) => {
    for (const matches of matchers) if (matches(method, path)) return true;
    return false;
  };
}

function compileScope({ methods, segments, open }: Scope): ScopeMatcher {
  const any = methods.length === 0;
  // HEAD is GET without the body: who may read may also look.
  const allowed = new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
  const matchesPath = compilePath(segments, open);
  return (method, path) => (any || allowed.has(method)) && matchesPath(path);
}

function compilePath(segments: readonly string[], open: boolean): (path: string) => boolean {
  const literal = `/${segments.join('/')}`;
  if (segments.includes('*')) return (path) => matchesSegments(segments, open, path);
  if (!open) return (path) => path === literal;
  if (segments.length === 0) return () => true;
  const below = `${literal}/`;
  return (path) => path === literal || path.startsWith(below);
}

/** Compares segment by segment in place; no array is made of the path. */
function matchesSegments(segments: readonly string[], open: boolean, path: string): boolean {
  let at = 1;
  for (const segment of segments) {
    if (at > path.length) return false;
    const slash = path.indexOf('/', at);
    const end = slash < 0 ? path.length : slash;
    if (segment === '*' ? end === at : !isAt(path, at, { segment, end })) return false;
    at = end + 1;
  }
  return open ? true : at > path.length;
}

function isAt(path: string, at: number, part: { segment: string; end: number }): boolean {
  return part.end - at === part.segment.length && path.startsWith(part.segment, at);
}
