/** The unmodified @google-cloud/run clients, aimed at a local-cloud. */
import { BuildsClient, RevisionsClient, ServicesClient } from '@google-cloud/run';
import { grpc } from 'google-gax';
import { PassThroughClient } from 'google-auth-library';
import type { LocalCloudConnection } from '@omni/contracts/local-cloud.ts';

export const PARENT = 'projects/local/locations/local';

/** Call options with the token and a polling that suits a local server. */
function callOptions(token: string): object {
  const longrunning = {
    initialRetryDelayMillis: 20,
    retryDelayMultiplier: 1.2,
    maxRetryDelayMillis: 200,
    initialRpcTimeoutMillis: 10_000,
    rpcTimeoutMultiplier: 1,
    maxRpcTimeoutMillis: 10_000,
    totalTimeoutMillis: 60_000,
  };
  return { otherArgs: { headers: { authorization: `Bearer ${token}` } }, longrunning };
}

export interface Clients {
  readonly services: ServicesClient;
  readonly revisions: RevisionsClient;
  readonly builds: BuildsClient;
  readonly options: object;
  readonly close: () => Promise<void>;
}

export function createClients({ grpcPort, token }: LocalCloudConnection): Clients {
  const settings = (): ConstructorParameters<typeof ServicesClient>[0] => ({
    apiEndpoint: 'localhost',
    port: grpcPort,
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
  const services = new ServicesClient(settings());
  const revisions = new RevisionsClient(settings());
  const builds = new BuildsClient(settings());
  return {
    services,
    revisions,
    builds,
    options: callOptions(token),
    close: async () => {
      await Promise.all([services.close(), revisions.close(), builds.close()]);
    },
  };
}
