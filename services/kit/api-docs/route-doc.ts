import type { z } from 'zod';

export interface ResponseDoc {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Default `application/json`. */
  readonly contentType?: string;
}

/** A request that works as it stands: shown on the docs page and replayed by a test. */
export interface ExampleDoc {
  readonly name: string;
  readonly body?: unknown;
  readonly status: number;
  /** Values of the path's parameters. */
  readonly params?: Readonly<Record<string, string>>;
  /** Query string without `?`. */
  readonly query?: string;
}

export interface HeaderDoc {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodType;
  readonly required?: boolean;
}

/** What the OpenAPI document says about a route; every route carries one. */
export interface RouteDoc {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  readonly headers?: readonly HeaderDoc[];
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  readonly examples: readonly ExampleDoc[];
}

export interface DocumentedRoute {
  readonly method: string;
  /** With `:name` for parameters. */
  readonly path: string;
  readonly doc: RouteDoc;
}

/** What is said once about a whole API. */
export interface ApiDoc {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** What guards may answer before a route is reached: status and meaning. */
  readonly refusals: Readonly<Record<number, string>>;
  /** Header that carries the caller's credential, and what stands before it there. */
  readonly credential: { readonly header: string; readonly prefix: string; readonly note: string };
  /** Path of the page, so that it finds the API when a proxy put a prefix before it. */
  readonly pagePath: string;
}
