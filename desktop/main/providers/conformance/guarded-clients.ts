import { DEPLOY_LABEL } from '../cloud-run/deploy-label.ts';
import { GRPC_STATUS, grpcCode } from '../cloud-run/google-error.ts';
import type { ClientSource, RunClients } from '../cloud-run/run-clients.ts';
import { shortName } from '../cloud-run/run-messages.ts';

/** Which services a run of the suite may write to. */
export interface OwnServices {
  /** `projects/P/locations/L`. */
  readonly parent: string;
  /** How their names begin, and the deploy ids that their templates are labelled with. */
  readonly prefix: string;
}

/** A write to a service that isn't the run's own was stopped before it was sent. */
export class GuardError extends Error {
  constructor(service: string, why: string) {
    super(`The guard of the conformance run refused a write to ${service}: ${why}.`);
    this.name = 'GuardError';
  }
}

type Services = RunClients['services'];
type Arguments = readonly unknown[];

/** What every client has that changes something; whatever isn't checked below is refused. */
const WRITES = /^(?:create|update|delete|set|submit|cancel|patch)[A-Z]/;
/** Where a write says which service it is for. */
const SUBJECTS: Readonly<Record<string, (request: Readonly<Record<string, unknown>>) => string>> = {
  createService: ({ serviceId }) => textOf(serviceId),
  updateService: ({ service }) => shortName(textOf(fieldOf(service, 'name'))),
  deleteService: ({ name }) => shortName(textOf(name)),
  setIamPolicy: ({ resource }) => shortName(textOf(resource)),
};

/**
 * Clients that write to nothing but services which this run made: the name has to begin with the
 * run's prefix, and a service that is there already has to carry the run's label. It sits below the
 * adapter, so that a fault of the adapter or of a case can't reach anything else either.
 */
export class GuardedClients implements ClientSource {
  readonly #source: ClientSource;
  readonly #own: OwnServices;
  #guarded: { readonly of: RunClients; readonly clients: RunClients } | null = null;

  constructor(source: ClientSource, own: OwnServices) {
    this.#source = source;
    this.#own = own;
  }

  async get(): Promise<RunClients> {
    const clients = await this.#source.get();
    if (this.#guarded?.of !== clients) {
      this.#guarded = { of: clients, clients: guard(clients, this.#own) };
    }
    return this.#guarded.clients;
  }

  /** Deletes the services of this run that are left, and says which. */
  async cleanUp(): Promise<readonly string[]> {
    const { services, callOptions } = await this.get();
    const [found] = await services.listServices({ parent: this.#own.parent }, callOptions);
    const left = found.filter(({ name, template }) =>
      isOwn(this.#own, shortName(name ?? ''), template?.labels),
    );
    await Promise.all(
      left.map(({ name, etag }) =>
        services.deleteService({ name: name ?? '', etag: etag ?? '' }, callOptions),
      ),
    );
    return left.map(({ name }) => shortName(name ?? ''));
  }
}

function guard(clients: RunClients, own: OwnServices): RunClients {
  const check = (method: string, args: Arguments): Promise<void> =>
    requireOwn(clients, own, { method, request: asRecord(args[0]) });
  return {
    ...clients,
    services: guarded(clients.services, check),
    revisions: guarded(clients.revisions, check),
    builds: guarded(clients.builds, check),
    cancelOperation: (name) => Promise.reject(new GuardError(name, 'cancelOperation is not used')),
  };
}

function guarded<T extends object>(
  client: T,
  check: (method: string, args: Arguments) => Promise<void>,
): T {
  return new Proxy(client, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const method = String(property);
      if (!WRITES.test(method)) return value.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        await check(method, args);
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}

interface Write {
  readonly method: string;
  readonly request: Readonly<Record<string, unknown>>;
}

async function requireOwn(
  { services, callOptions }: RunClients,
  own: OwnServices,
  { method, request }: Write,
): Promise<void> {
  const service = SUBJECTS[method]?.(request);
  if (service === undefined) throw new GuardError('anything', `${method} is not used`);
  if (!service.startsWith(own.prefix)) {
    throw new GuardError(service, `its name doesn’t begin with ${own.prefix}`);
  }
  const existing = await find(services, `${own.parent}/services/${service}`, callOptions);
  if (existing !== null && !isOwn(own, service, existing)) {
    throw new GuardError(service, 'another run, or somebody else, made it');
  }
}

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Labels of a service's template, null when there is no such service. */
async function find(
  services: Services,
  name: string,
  callOptions: RunClients['callOptions'],
): Promise<Labels> {
  try {
    const [service] = await services.getService({ name }, callOptions);
    return service.template?.labels ?? {};
  } catch (error) {
    if (grpcCode(error) === GRPC_STATUS.notFound) return null;
    throw error;
  }
}

function isOwn({ prefix }: OwnServices, service: string, labels: Labels): boolean {
  return service.startsWith(prefix) && (labels?.[DEPLOY_LABEL] ?? '').startsWith(prefix);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function fieldOf(value: unknown, field: string): unknown {
  return asRecord(value)[field];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
