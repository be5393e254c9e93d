import type { Route } from './route.ts';
import { canonicalPath } from './path-prefix.ts';

/** What a request's host, method and path come to. */
export type RouteDecision =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'not_found' }
  /** A route has the path but not the method; the methods that it has. */
  | { readonly kind: 'method'; readonly allow: string };

/** A route and what must hold for it. */
export interface RouteRule {
  readonly host: string | undefined;
  readonly pathPrefix: string;
  readonly methods: readonly string[] | undefined;
  readonly route: Route;
}

/** What one prefix of one host answers, by method. */
class PrefixEntry {
  readonly #byMethod = new Map<string, RouteDecision>();
  #otherwise: RouteDecision | undefined;

  add({ methods, route }: RouteRule): void {
    const decision: RouteDecision = { kind: 'route', route };
    if (methods === undefined) this.#otherwise = decision;
    else for (const method of methods) this.#byMethod.set(method, decision);
  }

  /** To be called when all rules are added. */
  seal(): void {
    this.#otherwise ??= { kind: 'method', allow: [...this.#byMethod.keys()].join(', ') };
  }

  decide(method: string): RouteDecision {
    const found = this.#byMethod.size === 0 ? undefined : this.#byMethod.get(method);
    return found ?? this.#otherwise ?? NOT_FOUND;
  }
}

/** No route, or not looked for. */
export const NOT_FOUND: RouteDecision = { kind: 'not_found' };

/** Node of a radix tree over prefixes: compares characters, allocates nothing. */
class Node {
  readonly text: string;
  entry: PrefixEntry | undefined;
  readonly children: Node[] = [];

  constructor(text: string) {
    this.text = text;
  }
}

/** Finds the route of a request: host first, then the longest prefix of whole segments. */
export class RouteTable {
  readonly #byHost = new Map<string, Node>();
  readonly #anyHost = new Node('');
  /** Set when one route serves everything: nothing has to be looked at. */
  readonly #only: RouteDecision | undefined;

  constructor(rules: readonly RouteRule[]) {
    const entries = new Set<PrefixEntry>();
    for (const rule of rules) {
      const entry = (insert(this.#rootOf(rule.host), rule.pathPrefix).entry ??= new PrefixEntry());
      entry.add(rule);
      entries.add(entry);
    }
    for (const entry of entries) entry.seal();
    const [first] = rules;
    if (rules.length === 1 && first !== undefined && isCatchAll(first)) {
      this.#only = { kind: 'route', route: first.route };
    }
  }

  /** `path` without query; `host` as the client sent it. A 405 does not fall back to a shorter prefix. */
  find(host: string | undefined, method: string, path: string): RouteDecision {
    if (this.#only !== undefined) return this.#only;
    const canonical = canonicalPath(path);
    if (this.#byHost.size > 0 && host !== undefined) {
      const root = this.#byHost.get(hostName(host));
      const entry = root === undefined ? undefined : longest(root, canonical);
      if (entry !== undefined) return entry.decide(method);
    }
    return longest(this.#anyHost, canonical)?.decide(method) ?? NOT_FOUND;
  }

  #rootOf(host: string | undefined): Node {
    if (host === undefined) return this.#anyHost;
    const root = this.#byHost.get(host) ?? new Node('');
    this.#byHost.set(host, root);
    return root;
  }
}

function isCatchAll({ host, pathPrefix, methods }: RouteRule): boolean {
  return host === undefined && pathPrefix === '/' && methods === undefined;
}

/** Without port and in lower case; a trailing dot is the same name. */
function hostName(host: string): string {
  const colon = host.startsWith('[') ? -1 : host.indexOf(':');
  const name = (colon < 0 ? host : host.slice(0, colon)).toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** The node of a prefix; `/` is the root itself, because every path starts with it. */
function insert(root: Node, prefix: string): Node {
  let node = root;
  let rest = prefix === '/' ? '' : prefix;
  while (rest !== '') {
    const index = node.children.findIndex(({ text }) => text[0] === rest[0]);
    const child = node.children[index];
    if (child === undefined) {
      const leaf = new Node(rest);
      node.children.push(leaf);
      return leaf;
    }
    const shared = sharedLength(child.text, rest);
    if (shared < child.text.length) {
      const branch = new Node(child.text.slice(0, shared));
      const lower = new Node(child.text.slice(shared));
      lower.entry = child.entry;
      lower.children.push(...child.children);
      branch.children.push(lower);
      node.children[index] = branch;
      node = branch;
    } else {
      node = child;
    }
    rest = rest.slice(shared);
  }
  return node;
}

function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

const SLASH = 47;

/** The entry of the longest prefix that ends where a segment of the path ends. */
function longest(root: Node, path: string): PrefixEntry | undefined {
  let node = root;
  let best = root.entry;
  let at = 0;
  for (;;) {
    const next = childFor(node, path, at);
    if (next === undefined) return best;
    at += next.text.length;
    node = next;
    if (node.entry !== undefined && (at === path.length || path.charCodeAt(at) === SLASH)) {
      best = node.entry;
    }
  }
}

function childFor(node: Node, path: string, at: number): Node | undefined {
  for (const child of node.children) {
    if (path.startsWith(child.text, at)) return child;
  }
  return undefined;
}
