import { LOCAL_LOCATION, LOCAL_PROJECT } from '@omni/contracts/local-cloud.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeploymentProvider } from '../../ports/deployment-provider.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type { ImageBuilder } from '../../ports/image-builder.ts';
import type { PlatformDifferences } from '../../ports/platform-differences.ts';
import type { RevisionReferences } from '../../ports/revision-references.ts';
import type { ScrapeTargets } from '../../ports/scrape-targets.ts';
import type { StackSecrets } from '../../ports/stack-secrets.ts';
import type { Reachability, TargetSession } from '../../ports/target-session.ts';
import { CloudBuildImageBuilder } from '../cloud-build/cloud-build-image-builder.ts';
import { CloudRunProvider } from '../cloud-run/cloud-run-provider.ts';
import type { CloudRunAddress } from '../cloud-run/credentials.ts';
import { LOCAL_POLLING } from '../cloud-run/poll-operation.ts';
import { RunClientPool } from '../cloud-run/run-clients.ts';
import { LocalCloudHttp } from './local-cloud-http.ts';
import { LocalConnection } from './local-connection.ts';
import { LocalReferences } from './local-references.ts';
import { noAccess } from './no-access.ts';
import { LocalSecrets } from './local-secrets.ts';

export interface LocalSessionOptions {
  /** `--state` of the local cloud. */
  readonly stateFolder: string;
  /** `--sources` of the local cloud: the folder of the service folders. */
  readonly sourcesFolder: string;
  readonly clock: Clock;
}

/**
 * The local target: the Cloud Run adapter aimed at the local cloud that runs now, wherever it
 * listens. Nothing here deploys anything itself.
 */
export class LocalSession implements TargetSession {
  readonly provider: DeploymentProvider;
  readonly builder: ImageBuilder;
  readonly references: RevisionReferences;
  readonly scrapeTargets: ScrapeTargets;
  readonly secrets: StackSecrets;
  readonly access = noAccess;
  readonly differences: PlatformDifferences;
  readonly #connection: LocalConnection;
  readonly #http: LocalCloudHttp;
  readonly #clients: RunClientPool;

  constructor({ stateFolder, sourcesFolder, clock }: LocalSessionOptions) {
    this.#connection = new LocalConnection(stateFolder);
    this.#http = new LocalCloudHttp(this.#connection);
    this.#clients = new RunClientPool(() => this.#address());
    const platform = {
      clients: this.#clients,
      project: LOCAL_PROJECT,
      location: LOCAL_LOCATION,
      platform: 'the local cloud',
      polling: LOCAL_POLLING,
      clock,
      readLogs: this.#http.readLogs.bind(this.#http),
    };
    this.provider = new CloudRunProvider(platform);
    this.builder = new CloudBuildImageBuilder({
      ...platform,
      sourcesFolder,
      followLog: this.#http.followLog.bind(this.#http),
    });
    this.references = new LocalReferences(stateFolder);
    this.scrapeTargets = this.#http;
    this.differences = { list: () => this.#http.differences() };
    this.secrets = new LocalSecrets(stateFolder);
  }

  async reachability(): Promise<Reachability> {
    try {
      const { startedAt } = await this.#connection.get();
      await this.#http.ping();
      return { reachable: true, startedAt: Date.parse(startedAt) };
    } catch (error) {
      if (error instanceof DomainError) return { reachable: false, reason: error.message };
      return { reachable: false, reason: 'The local cloud gives answers that make no sense.' };
    }
  }

  /** Lets go of every connection. The local cloud goes on. */
  async close(): Promise<void> {
    await Promise.all([this.#clients.close(), this.#http.close()]);
  }

  async #address(): Promise<CloudRunAddress> {
    const { grpcPort, token } = await this.#connection.get();
    return { tls: false, host: '127.0.0.1', port: grpcPort, token };
  }
}
