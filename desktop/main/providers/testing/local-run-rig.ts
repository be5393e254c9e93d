import { LOCAL_LOCATION, LOCAL_PROJECT } from '@omni/contracts/local-cloud.ts';
import type { RevisionTemplate } from '../../../shared/domain/revision.ts';
import type { RemoteOperation, RemoteOutcome } from '../../ports/deployment-provider.ts';
import { CloudRunProvider } from '../cloud-run/cloud-run-provider.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import { LOCAL_POLLING } from '../cloud-run/poll-operation.ts';
import type { ClientSource } from '../cloud-run/run-clients.ts';
import { RunClientPool } from '../cloud-run/run-clients.ts';
import { LocalConnection } from '../local/local-connection.ts';
import { LocalSession } from '../local/local-session.ts';
import { systemClock } from '../os/system-clock.ts';
import { CloudFaults } from './cloud-faults.ts';
import { LocalCloudProcess } from './local-cloud-process.ts';
import { TINY_SERVICE, tinyTemplate } from './tiny-service.ts';

/** Full names on the local cloud begin with it. */
export const LOCAL_PARENT = `projects/${LOCAL_PROJECT}/locations/${LOCAL_LOCATION}`;

const WITHIN_MS = 60_000;

/** The adapter on a real local cloud of its own, with the clients below it and the cloud's faults. */
export class LocalRunRig {
  readonly pool: RunClientPool;
  readonly faults: CloudFaults;
  readonly provider: CloudRunProvider;
  /** Of an image that was built once. */
  readonly template: RevisionTemplate;
  readonly #cloud: LocalCloudProcess;
  #made = 0;

  private constructor(cloud: LocalCloudProcess, image: string) {
    this.#cloud = cloud;
    const connection = new LocalConnection(cloud.stateFolder);
    this.pool = new RunClientPool(async () => {
      const { grpcPort, token } = await connection.get();
      return { tls: false, host: '127.0.0.1', port: grpcPort, token };
    });
    this.faults = new CloudFaults(cloud);
    this.template = tinyTemplate(image);
    this.provider = this.over(this.pool);
  }

  static async open(): Promise<LocalRunRig> {
    const cloud = await LocalCloudProcess.start({ tiny: TINY_SERVICE });
    const { stateFolder, sourcesFolder } = cloud;
    const session = new LocalSession({ stateFolder, sourcesFolder, clock: systemClock });
    const source = await session.builder.package('tiny');
    const signal = AbortSignal.timeout(WITHIN_MS);
    const { image } = await session.builder.build({ source, onLog: () => undefined, signal });
    await session.close();
    return new LocalRunRig(cloud, image);
  }

  /** The adapter over other clients of the same cloud, perhaps with Google's JSON APIs. */
  over(clients: ClientSource, http?: GoogleHttp): CloudRunProvider {
    return new CloudRunProvider({
      clients,
      project: LOCAL_PROJECT,
      location: LOCAL_LOCATION,
      platform: 'the local cloud',
      polling: LOCAL_POLLING,
      clock: systemClock,
      readLogs: null,
      ...(http === undefined ? {} : { http }),
    });
  }

  newService(): string {
    this.#made += 1;
    return `own-${String(this.#made)}`;
  }

  follow(operation: RemoteOperation): Promise<RemoteOutcome> {
    return this.provider.waitFor(operation, AbortSignal.timeout(WITHIN_MS));
  }

  /** Name of a first revision that is ready. */
  async deploy(service: string, deployId = 'first'): Promise<string> {
    const { template } = this;
    const operation = await this.provider.createRevision({ service, template, deployId });
    const outcome = await this.follow(operation);
    if (outcome.state === 'failed') throw new Error(outcome.reason);
    return outcome.revision ?? '';
  }

  /** Etag and revisions: what any write would change. */
  async stateOf(service: string): Promise<unknown> {
    return [await this.provider.getService(service), await this.provider.listRevisions(service)];
  }

  async close(): Promise<void> {
    await this.pool.close();
    await this.#cloud.close();
  }
}
