import type { LimitSet } from '@omni/contracts/limits.ts';
import type { LimitedRoute } from '../limit/limit-plan.ts';
import { createCors } from '../proxy/cors.ts';
import type { Cors } from '../proxy/cors.ts';
import type { FailedAttempt, RouteSettings, UpstreamTarget } from '../upstreams/upstream-target.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import type { RouteDocument } from './config-document.ts';
import { canonicalPath, withoutNeedlessEscapes } from './path-prefix.ts';

const NO_SCOPES: readonly string[] = [];

/** One route, ready for requests: everything that can be computed before them is. */
export class Route implements RouteSettings {
  readonly id: string;
  readonly pathPrefix: string;
  readonly upstream: Upstream;
  readonly headTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly bodyLimitBytes: number;
  readonly allowGetBody: boolean;
  /** Scopes that a key must have; empty when any valid key will do. */
  readonly scopes: readonly string[];
  /** What its requests are limited to; apart, so that whoever remembers it does not keep the route. */
  readonly limited: LimitedRoute;
  /** CORS of its own; undefined for that of the whole gateway. */
  readonly cors: Cors | undefined;
  readonly #labels: ReadonlySet<string>;
  readonly #mayRetry: boolean;
  readonly #strip: number;
  readonly #add: string;

  constructor(document: RouteDocument, upstream: Upstream, limitSet: LimitSet) {
    this.id = document.id;
    this.pathPrefix = document.pathPrefix;
    this.upstream = upstream;
    this.headTimeoutMs = document.timeouts.headMs;
    this.idleTimeoutMs = document.timeouts.idleMs;
    this.totalTimeoutMs = document.timeouts.totalMs;
    this.bodyLimitBytes = document.bodyLimitBytes;
    this.allowGetBody = document.allowGetBody;
    this.scopes = document.auth === 'required' ? NO_SCOPES : document.auth.scopes;
    this.limited = { id: document.id, limitSet };
    this.cors = document.cors === undefined ? undefined : createCors(document.cors.origins);
    this.#labels = new Set(document.labels);
    this.#mayRetry = document.retry === 'safe';
    this.#strip = document.stripPrefix && this.pathPrefix !== '/' ? this.pathPrefix.length : 0;
    this.#add =
      document.addPrefix === undefined || document.addPrefix === '/' ? '' : document.addPrefix;
  }

  /** Bounded label of a path in metrics and logs. */
  labelOf(path: string): string {
    return this.#labels.size > 0 && this.#labels.has(path) ? path : this.id;
  }

  rewrite(target: string): string {
    if (this.#strip === 0 && this.#add === '' && !target.includes('%')) return target;
    const query = target.indexOf('?');
    const path = query < 0 ? target : target.slice(0, query);
    const rest = query < 0 ? '' : target.slice(query);
    if (this.#strip === 0) return this.#add + withoutNeedlessEscapes(path) + rest;
    // The prefix was found in the canonical path, so it is taken off that one; what is left starts
    // with one slash or is empty, and never looks like an authority (`//host`).
    const left = canonicalPath(path).slice(this.#strip);
    return this.#add + (left === '' && this.#add !== '' ? '' : left || '/') + rest;
  }

  prepare(): Promise<boolean> | null {
    return this.upstream.prepare();
  }

  pick(): UpstreamTarget | null {
    return this.upstream.pick();
  }

  retryAfterSeconds(): number {
    return this.upstream.retryAfterSeconds();
  }

  retry(failed: FailedAttempt): UpstreamTarget | null {
    return this.#mayRetry ? this.upstream.retry(failed) : null;
  }
}
