import { isContractProcedure } from '@orpc/contract';
import { createRouterClient, getRouter } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { ProcedureMeta } from '../../shared/contract/procedure.ts';
import { procedureNames } from './procedure-names.ts';
import { router } from './router.ts';
import type { Core } from '../usecases/core.ts';

const DETAILS = {
  name: 'shop',
  class: 'dev',
  project: 'shop-project',
  region: 'europe-west1',
  credentials: { kind: 'adc', impersonate: null, file: null },
};

/** A valid input of every mutating procedure. */
export const INPUTS: Readonly<Record<string, unknown>> = {
  'audit.export': { format: 'csv' },
  'canary.abort': { id: 'o1' },
  'canary.hold': { id: 'o1' },
  'canary.promote': { id: 'o1' },
  'canary.resume': { id: 'o1' },
  'canary.start': { service: 'backend', what: { kind: 'revision', revision: 'r1' } },
  'deployments.deploy': { service: 'backend' },
  'deployments.resumeLatest': { service: 'backend' },
  'deployments.rollBack': { service: 'backend', revision: 'r1', reason: 'too slow' },
  'deployments.undoRollBack': { operationId: 'o1' },
  'keys.create': { name: 'alice', environment: 'live', expiresAt: null, rateLimitPerMinute: null },
  'keys.revoke': { id: 'k1', reason: 'lost' },
  'operations.cancel': { id: 'o1' },
  'releases.rollBack': { id: 'release-1' },
  'releases.start': { build: true },
  'safety.cancelPending': { id: 'p1' },
  'settings.setTheme': { theme: 'dark' },
  'stack.setSampleTraffic': { on: true, requestsPerSecond: 5 },
  'targets.add': DETAILS,
  'targets.cancelSignIn': { id: 'local' },
  'targets.edit': { ...DETAILS, id: 'local' },
  'targets.remove': { id: 'local' },
  'targets.select': { id: 'local' },
  'targets.setClass': { id: 'local', class: 'stage' },
  'targets.setMode': { id: 'local', mode: 'read-only' },
  'targets.signIn': { id: 'local' },
  'targets.signOut': { id: 'local' },
  'traffic.set': { service: 'backend', shares: [{ revision: 'r1', percent: 100, tag: null }] },
  'upstream.switch': { url: 'https://backend.example.com' },
};

export interface ProcedureEntry {
  readonly name: string;
  readonly meta: ProcedureMeta;
}

/** The contract's procedures with what they declare. */
function procedures(): ProcedureEntry[] {
  return procedureNames(contract).map((name) => {
    const node = getRouter(contract as never, name.split('.')) as unknown;
    if (!isContractProcedure(node)) throw new Error(`${name} is no procedure`);
    return { name, meta: node['~orpc'].meta as ProcedureMeta };
  });
}

/** Every procedure of the contract that changes something: nobody has to remember to list one. */
export const mutating = procedures().filter(({ meta }) => meta.mutating);

type Caller = (input: unknown, options?: { readonly signal: AbortSignal }) => Promise<unknown>;

/** Calls a procedure by its dotted name, as a host does. */
export function callerOf(core: Core, name: string): Caller {
  let node: unknown = createRouterClient(router, { context: { core, actor: 'tester' } });
  for (const key of name.split('.')) node = (node as Readonly<Record<string, unknown>>)[key];
  return node as Caller;
}

interface Challenge {
  readonly challenge: string;
  readonly word: string;
  readonly of: string;
}

/** What main asks to be typed before it lets this call pass; null when it asks nothing. */
export async function challengeOf(call: Promise<unknown>): Promise<Challenge | null> {
  try {
    await call;
    return null;
  } catch (error) {
    const { code, data } = error as { code: string; data: { confirm: Challenge } };
    return code === 'CONFIRMATION_REQUIRED' ? data.confirm : null;
  }
}

/** Calls like an operator who types whatever name is asked for. */
export function confirmedCall(core: Core, name: string): Caller {
  return async (input, options) => {
    const asked = await challengeOf(callerOf(core, name)(input, options));
    if (asked === null) throw new Error(`${name} asked for no name`);
    const { challenge, word } = asked;
    await callerOf(core, 'safety.confirm')({ challenge, typed: word });
    return callerOf(core, name)(input, options);
  };
}
