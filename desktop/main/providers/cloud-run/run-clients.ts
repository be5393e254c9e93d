import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BuildsClient, RevisionsClient, ServicesClient } from '@google-cloud/run';
import type { CallOptions, ClientOptions, operationsProtos } from 'google-gax';
import type { CloudRunAddress } from './credentials.ts';
import { addressKey, authorise } from './credentials.ts';

/** The clients of one address, and what every call through them has to carry. */
export interface RunClients {
  readonly services: ServicesClient;
  readonly revisions: RevisionsClient;
  readonly builds: BuildsClient;
  readonly callOptions: CallOptions;
  readonly getOperation: (name: string) => Promise<operationsProtos.google.longrunning.IOperation>;
  readonly cancelOperation: (name: string) => Promise<void>;
}

/** Where an adapter gets its clients from. Throws DomainError. */
export interface ClientSource {
  get(): Promise<RunClients>;
}

interface Opened {
  readonly key: string;
  readonly clients: Promise<RunClients>;
}

const CALL_TIMEOUT_MS = 10_000;

/**
 * Google's clients for an address that may change (the local cloud gets a new port with every
 * start). The SDK is loaded at the first call: it is 400 ms and 60 MB that the first paint must not
 * wait for.
 */
export class RunClientPool implements ClientSource {
  readonly #address: () => Promise<CloudRunAddress>;
  #opened: Opened | null = null;

  /** @param address asked before every call; throws DomainError TARGET_UNREACHABLE */
  constructor(address: () => Promise<CloudRunAddress>) {
    this.#address = address;
  }

  async get(): Promise<RunClients> {
    const address = await this.#address();
    const key = addressKey(address);
    const previous = this.#opened;
    if (previous?.key === key) return previous.clients;
    // Nothing is awaited between the look and the change: two first calls share one set of clients.
    const opened = { key, clients: openClients(address) };
    this.#opened = opened;
    try {
      const [clients] = await Promise.all([opened.clients, closeClients(previous)]);
      return clients;
    } catch (error) {
      if (this.#opened === opened) this.#opened = null;
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await closeClients(opened);
  }
}

async function closeClients(opened: Opened | null): Promise<void> {
  if (opened === null) return;
  const { services, revisions, builds } = await opened.clients;
  await Promise.all([services.close(), revisions.close(), builds.close()]);
}

async function openClients(address: CloudRunAddress): Promise<RunClients> {
  const options = await clientOptions(address);
  const gax = await import('google-gax');
  const run = await import('@google-cloud/run');
  // Loading and constructing block for about 200 ms each: what waits in between gets its turn.
  await nextTurn();
  const services = new run.ServicesClient(options);
  const perCall = callOptions(address);
  return {
    services,
    revisions: new run.RevisionsClient(options),
    builds: new run.BuildsClient(options),
    callOptions: perCall,
    getOperation: async (name) => {
      const request = new gax.operationsProtos.google.longrunning.GetOperationRequest({ name });
      const [operation] = await services.operationsClient.getOperation(request, perCall);
      return operation;
    },
    cancelOperation: async (name) => {
      const request = new gax.operationsProtos.google.longrunning.CancelOperationRequest({ name });
      await services.operationsClient.cancelOperation(request, perCall);
    },
  };
}

async function clientOptions(address: CloudRunAddress): Promise<ClientOptions> {
  const { host, port } = address;
  if (address.tls) {
    return { apiEndpoint: host, port, authClient: await authorise(address.authClient) };
  }
  const [gax, auth] = await Promise.all([import('google-gax'), import('google-auth-library')]);
  return {
    apiEndpoint: host,
    port,
    sslCreds: gax.grpc.credentials.createInsecure(),
    authClient: new auth.PassThroughClient(),
  };
}

/**
 * Insecure channel credentials replace call credentials, so a token goes along as a header of each
 * call. Without retry codes an unreachable platform is reported at once; polling is ours.
 */
function callOptions(address: CloudRunAddress): CallOptions {
  const options: CallOptions = { timeout: CALL_TIMEOUT_MS, retry: { retryCodes: [] } };
  if (address.tls || address.token === null) return options;
  return {
    ...options,
    otherArgs: { headers: { authorization: `Bearer ${address.token}` } },
  };
}
