import { homedir } from 'node:os';
import process from 'node:process';
import { LOCAL_LOCATION, LOCAL_PROJECT } from '@omni/contracts/local-cloud.ts';
import type { RevisionTemplate } from '../../desktop/shared/domain/revision.ts';
import { CloudRunProvider } from '../../desktop/main/providers/cloud-run/cloud-run-provider.ts';
import type { CloudRunAddress } from '../../desktop/main/providers/cloud-run/credentials.ts';
import { GoogleHttp, googleApis } from '../../desktop/main/providers/cloud-run/google-http.ts';
import type { Polling } from '../../desktop/main/providers/cloud-run/poll-operation.ts';
import {
  LOCAL_POLLING,
  REMOTE_POLLING,
} from '../../desktop/main/providers/cloud-run/poll-operation.ts';
import { resolveDigest } from '../../desktop/main/providers/cloud-run/resolve-digest.ts';
import { RunClientPool } from '../../desktop/main/providers/cloud-run/run-clients.ts';
import { GuardedClients } from '../../desktop/main/providers/conformance/guarded-clients.ts';
import { GOOGLE_ENDPOINTS } from '../../desktop/main/providers/google-auth/endpoints.ts';
import { GoogleAccess } from '../../desktop/main/providers/google-auth/google-access.ts';
import { LocalConnection } from '../../desktop/main/providers/local/local-connection.ts';
import { LocalSession } from '../../desktop/main/providers/local/local-session.ts';
import { MemoryRefreshTokens } from '../../desktop/main/providers/os/memory-refresh-tokens.ts';
import { systemClock } from '../../desktop/main/providers/os/system-clock.ts';
import { LocalCloudProcess } from '../../desktop/main/providers/testing/local-cloud-process.ts';
import type { PlatformUnderTest } from '../../desktop/main/providers/testing/platform-rig.ts';
import { TINY_SERVICE, tinyTemplate } from '../../desktop/main/providers/testing/tiny-service.ts';
import type { ProjectOptions } from './options.ts';

/** A platform with the guard between the adapter and it. */
export interface GuardedPlatform extends PlatformUnderTest {
  readonly name: string;
  readonly guard: GuardedClients;
}

interface Place {
  readonly project: string;
  readonly location: string;
  readonly name: string;
  readonly polling: Polling;
  readonly prefix: string;
  readonly http?: GoogleHttp;
}

/** A local cloud of its own that is gone afterwards. */
export async function openLocal(prefix: string): Promise<GuardedPlatform> {
  const cloud = await LocalCloudProcess.start({ tiny: TINY_SERVICE });
  const { stateFolder, sourcesFolder } = cloud;
  const session = new LocalSession({ stateFolder, sourcesFolder, clock: systemClock });
  const signal = AbortSignal.timeout(60_000);
  const source = await session.builder.package('tiny');
  const { image } = await session.builder.build({ source, onLog: () => undefined, signal });
  const connection = new LocalConnection(stateFolder);
  const address = async (): Promise<CloudRunAddress> => {
    const { grpcPort, token } = await connection.get();
    return { tls: false, host: '127.0.0.1', port: grpcPort, token };
  };
  const place = {
    project: LOCAL_PROJECT,
    location: LOCAL_LOCATION,
    name: 'the local cloud',
    polling: LOCAL_POLLING,
    prefix,
  };
  const { close, ...parts } = connect(place, address);
  const working = tinyTemplate(image);
  return {
    ...parts,
    working,
    failing: { ...working, env: [{ name: 'FAIL', value: 'no config' }] },
    failingReason: 'refusing to start: no config',
    slow: { ...working, env: [{ name: 'SLOW_MS', value: '300' }] },
    cut: () => cloud.stop(),
    close: async () => {
      await Promise.all([close(), session.close()]);
      await cloud.close();
    },
  };
}

/** A real project. Throws DomainError when nobody is signed in. */
export async function openProject(
  options: ProjectOptions,
  prefix: string,
): Promise<GuardedPlatform> {
  const { project, region } = options;
  const access = accessOf(options);
  // A token first, then clients: one without a token takes the process down.
  const client = await access.authClient();
  const http = new GoogleHttp(googleApis(region), () => client.getRequestHeaders());
  const image = await resolveDigest(http, options.image);
  const place = {
    project,
    location: region,
    name: `Cloud Run in ${region} (${project})`,
    polling: REMOTE_POLLING,
    prefix,
    http,
  };
  const address = (): Promise<CloudRunAddress> =>
    Promise.resolve({
      tls: true,
      host: 'run.googleapis.com',
      port: 443,
      authClient: () => access.authClient(),
    });
  const working = helloTemplate(image);
  return {
    ...connect(place, address),
    working,
    failing: { ...working, image: image.replace(/@.*$/, `@sha256:${'0'.repeat(64)}`) },
    // Its words aren't documented; that there is a reason is.
    failingReason: '',
    slow: { ...working, env: [{ name: 'SLOW', value: 'as everything here' }] },
    cut: null,
  };
}

type Connected = Pick<
  GuardedPlatform,
  'name' | 'guard' | 'provider' | 'another' | 'prefix' | 'unknownOperation' | 'close'
>;

/** Two consoles on one platform, both behind the guard. */
function connect(place: Place, address: () => Promise<CloudRunAddress>): Connected {
  const { project, location, name, polling, prefix, http } = place;
  const parent = `projects/${project}/locations/${location}`;
  const pools = [new RunClientPool(address), new RunClientPool(address)] as const;
  const guards = pools.map((pool) => new GuardedClients(pool, { parent, prefix }));
  const [guard, other] = guards as [GuardedClients, GuardedClients];
  const provider = (clients: GuardedClients): CloudRunProvider =>
    new CloudRunProvider({
      clients,
      project,
      location,
      platform: name,
      polling,
      clock: systemClock,
      readLogs: null,
      ...(http === undefined ? {} : { http }),
    });
  return {
    name,
    guard,
    provider: provider(guard),
    another: provider(other),
    prefix,
    unknownOperation: `${parent}/operations/00000000-0000-0000-0000-000000000000`,
    close: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
    },
  };
}

function accessOf({ project, impersonate, credentials }: ProjectOptions): GoogleAccess {
  return new GoogleAccess({
    target: 'conformance',
    project,
    credentials: { kind: 'adc', impersonate, file: credentials },
    endpoints: GOOGLE_ENDPOINTS,
    refreshTokens: new MemoryRefreshTokens(),
    openBrowser: () => Promise.reject(new Error('This run signs nobody in.')),
    host: { env: process.env, home: homedir(), platform: process.platform },
  });
}

/** Asked on `/`, because that is what the default image answers. */
function helloTemplate(image: string): RevisionTemplate {
  return {
    image,
    env: [],
    port: 8080,
    cpu: 1,
    memoryMib: 512,
    minInstances: 0,
    maxInstances: 2,
    concurrency: 80,
    timeoutSeconds: 300,
    startupProbe: { path: '/', periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 10 },
  };
}
