import { Upstream } from '../upstreams/upstream.ts';
import type { UpstreamFactories } from '../upstreams/upstream.ts';
import type { ConfigDocument } from './config-document.ts';
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
  /** Requests that hold this snapshot. */
  #active = 0;
  #onIdle: (() => void) | undefined;

  constructor(version: number, document: ConfigDocument, upstreams: ReadonlyMap<string, Upstream>) {
    this.version = version;
    this.document = document;
    this.upstreams = upstreams;
    const rules = document.routes.map((rule) => {
      const upstream = upstreams.get(rule.upstream);
      if (upstream === undefined) throw new Error(`Unchecked document: route ${rule.id}`);
      const { host, pathPrefix, methods } = rule;
      return { host, pathPrefix, methods, route: new Route(rule, upstream) };
    });
    this.table = new RouteTable(rules);
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
