import { Upstream } from '../upstreams/upstream.ts';
import type { UpstreamFactories } from '../upstreams/upstream.ts';
import { NO_LIMITS } from '../limit/limit-plan.ts';
import type { ConfigDocument } from './config-document.ts';
import { limitsOf } from './limits-of.ts';
import { Route } from './route.ts';
import { RouteTable } from './route-table.ts';

/**
 * One version of the configuration, ready for requests. A request takes the snapshot that is current
 * when it arrives and keeps it to its end, so a reload changes nothing under its feet.
 */
export class RoutingSnapshot {
  readonly version: number;
  readonly document: ConfigDocument;
  readonly table: RouteTable;
  readonly upstreams: ReadonlyMap<string, Upstream>;
  readonly #routes: readonly Route[];
  /** Requests that hold this snapshot. */
  #active = 0;
  #onIdle: (() => void) | undefined;

  constructor(version: number, document: ConfigDocument, upstreams: ReadonlyMap<string, Upstream>) {
    this.version = version;
    this.document = document;
    this.upstreams = upstreams;
    const limits = limitsOf(document);
    const rules = document.routes.map((rule) => {
      const upstream = upstreams.get(rule.upstream);
      if (upstream === undefined) throw new Error(`Unchecked document: route ${rule.id}`);
      const { host, pathPrefix, methods } = rule;
      const route = new Route(rule, upstream, limits.get(rule.id) ?? NO_LIMITS);
      return { host, pathPrefix, methods, route };
    });
    this.#routes = rules.map(({ route }) => route);
    this.table = new RouteTable(rules);
  }

  /** The route of an id; undefined when this version has none. */
  routeNamed(id: string): Route | undefined {
    return this.#routes.find((route) => route.id === id);
  }

  enter(): void {
    this.#active += 1;
  }

  leave(): void {
    this.#active -= 1;
    if (this.#active === 0) this.#onIdle?.();
  }

  /** Another snapshot is current: calls back when the last request has left. */
  retire(onIdle: () => void): void {
    if (this.#active === 0) onIdle();
    else this.#onIdle = onIdle;
  }
}

/**
 * Makes a checked document ready. Upstreams whose settings did not change are taken over with their
 * connections, circuits and budgets.
 */
export function compileSnapshot(
  { version, document }: { version: number; document: ConfigDocument },
  previous: RoutingSnapshot | undefined,
  factories: UpstreamFactories,
): RoutingSnapshot {
  const upstreams = new Map<string, Upstream>();
  for (const [name, settings] of Object.entries(document.upstreams)) {
    const known = previous?.upstreams.get(name);
    const kept = known?.serves(settings) === true ? known : undefined;
    upstreams.set(name, kept ?? new Upstream(name, settings, factories));
  }
  return new RoutingSnapshot(version, document, upstreams);
}
