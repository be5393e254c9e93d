import { createORPCClient } from '@orpc/client';
import type { AsyncIteratorClass, ClientLink } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import type { RouterUtils } from '@orpc/tanstack-query';
import type { Contract } from '../../shared/contract/index.ts';

/** The contract as functions: `client.keys.list()`. A plain object of this shape is a fake. */
export type ConsoleClient = ContractRouterClient<Contract>;

/** What carries calls to main: a MessagePort in the app, HTTP in the browser. */
export type ConsoleLink = ClientLink<Record<string, never>>;

/** A stream of the contract as its reader holds it. */
export type Stream<T> = AsyncIteratorClass<T, unknown, void>;

/** The contract as query and mutation options: `queries.keys.list.queryOptions()`. */
export type ConsoleQueries = RouterUtils<ConsoleClient>;

/** A typed client over a link. The contract itself stays out of the bundle: it is a type here. */
export function createClient(link: ConsoleLink): ConsoleClient {
  return createORPCClient<ConsoleClient>(link);
}

/** Query keys and options for react-query, by procedure. */
export function createQueries(client: ConsoleClient): ConsoleQueries {
  return createTanstackQueryUtils(client);
}
