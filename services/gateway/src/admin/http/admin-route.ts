import type { AdminRole } from '@omni/contracts/gateway-admin/roles.ts';
import type { RouteDoc } from '@omni/kit/api-docs/route-doc.ts';
import type { z } from 'zod';
import type { AuditClient } from '../../audit/append-audit.ts';
import type { AuditOrigin } from '../../audit/audit-entry.ts';
import type { ChangeContext, ChangedKey } from '../../keys/key-change.ts';
import type { Caller } from '../credentials/caller.ts';

export interface AdminAnswer {
  status: number;
  /** JSON; with a `contentType` a text or a stream that is sent as it is. */
  body: unknown;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
  /** Without quotes: `v3`. */
  etag?: string;
  /** The body has a member `secret`, which is never kept for a repetition. */
  secretShown?: boolean;
}

/** What a route needs to know of a request that passed every guard. */
export interface AdminCall<Body = unknown, Query = unknown> {
  caller: Caller;
  params: Readonly<Record<string, string>>;
  body: Body;
  query: Query;
  /** Version of `If-Match`; undefined for `*`. */
  ifVersion: number | undefined;
  origin: (reason: string) => AuditOrigin;
  /** For a change of one key: origin, version, and the answer that is kept with it. */
  change: (reason: string, answer: (changed: ChangedKey) => AdminAnswer) => ChangeContext;
  /** For every other change: keeps the answer, inside the change's transaction. */
  remember: (client: AuditClient, answer: AdminAnswer) => Promise<void>;
}

/**
 * - `read`: changes nothing;
 * - `new`: a change that needs an Idempotency-Key;
 * - `existing`: a change that needs If-Match too.
 */
export type RouteEffect = 'read' | 'new' | 'existing';

/** A route of the admin API. What is not said here can't be registered. */
export interface AdminRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below the admin prefix, with `:name` for parameters. */
  path: string;
  /** Least role; `open` needs no credential. */
  role: AdminRole | 'open';
  effect: RouteEffect;
  params?: z.ZodObject;
  doc: RouteDoc;
  /** Larger than the default, for imports. */
  bodyLimitBytes?: number;
  handle: (call: AdminCall) => Promise<AdminAnswer>;
}

interface TypedRoute<Body extends z.ZodType, Query extends z.ZodObject> extends Omit<
  AdminRoute,
  'handle' | 'doc'
> {
  doc: Omit<RouteDoc, 'body' | 'query'>;
  body?: Body;
  query?: Query;
  handle: (call: AdminCall<z.output<Body>, z.output<Query>>) => Promise<AdminAnswer>;
}

/** Ties the types of body and query to the schemas that the route is documented and parsed with. */
export function adminRoute<Body extends z.ZodType, Query extends z.ZodObject>(
  route: TypedRoute<Body, Query>,
): AdminRoute {
  const { body, query, doc, handle, ...rest } = route;
  return {
    ...rest,
    doc: {
      ...doc,
      ...(body === undefined ? {} : { body }),
      ...(query === undefined ? {} : { query }),
    },
    // The call was parsed with the very schemas above.
    handle: (call) => handle(call as AdminCall<z.output<Body>, z.output<Query>>),
  };
}
