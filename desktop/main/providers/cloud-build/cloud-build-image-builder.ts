import { LOCAL_SOURCE_BUCKET } from '@omni/contracts/local-cloud.ts';
import type { Clock } from '../../ports/clock.ts';
import type {
  BuildRequest,
  BuildResult,
  ImageBuilder,
  SourcePackage,
} from '../../ports/image-builder.ts';
import type { PollAnswer, Polling } from '../cloud-run/poll-operation.ts';
import { pollUntilDone } from '../cloud-run/poll-operation.ts';
import type { RunClientPool, RunClients } from '../cloud-run/run-clients.ts';
import { shortName } from '../cloud-run/run-messages.ts';
import { toDomainError } from '../cloud-run/to-domain-error.ts';
import { buildCancelled, buildFailed } from './build-failures.ts';
import { readBuildOutcome } from './build-outcome.ts';
import { measureSource } from './measure-source.ts';

export interface CloudBuildOptions {
  readonly clients: RunClientPool;
  readonly project: string;
  readonly location: string;
  readonly platform: string;
  readonly polling: Polling;
  readonly clock: Clock;
  readonly sourcesFolder: string;
  /**
   * Follows a log: each call of what it gives passes the lines on that are new, and says how many
   * there were so far. A build's lines are kept like a revision's, under `build-ID`.
   */
  readonly followLog: (
    service: string,
    revision: string,
    onLine: (line: string) => void,
  ) => () => Promise<number>;
}

/** Cloud Run's SubmitBuild: a source folder becomes an image by digest. */
export class CloudBuildImageBuilder implements ImageBuilder {
  readonly #options: CloudBuildOptions;

  constructor(options: CloudBuildOptions) {
    this.#options = options;
  }

  async package(service: string): Promise<SourcePackage> {
    const size = await measureSource(this.#options.sourcesFolder, service);
    return { service, ...size, location: `${LOCAL_SOURCE_BUCKET}/${service}` };
  }

  async build(request: BuildRequest): Promise<BuildResult> {
    const { signal, source } = request;
    if (isAborted(signal)) throw buildCancelled();
    const { submitted = null, onSubmitted } = request;
    const name =
      submitted ?? (await this.#call(source, (clients) => this.#submit(clients, source)));
    if (submitted === null) await onSubmitted?.(name);
    try {
      return await this.#follow(name, request);
    } catch (error) {
      if (!isAborted(signal)) throw error;
      await this.#call(source, (clients) => clients.cancelOperation(name));
      throw buildCancelled();
    }
  }

  async #submit({ builds, callOptions }: RunClients, source: SourcePackage): Promise<string> {
    const { project, location } = this.#options;
    const [bucket, object] = source.location.split('/');
    const [answer] = await builds.submitBuild(
      {
        parent: `projects/${project}/locations/${location}`,
        storageSource: { bucket: bucket ?? '', object: object ?? '' },
        imageUri: `${project}/${source.service}`,
        dockerBuild: {},
      },
      callOptions,
    );
    return answer.buildOperation?.name ?? '';
  }

  #follow(name: string, { source, signal, onLog }: BuildRequest): Promise<BuildResult> {
    const { clock, polling, followLog } = this.#options;
    const subject = `The build of ${source.service}`;
    const log = followLog(source.service, `build-${shortName(name)}`, onLog);
    const ask = async (): Promise<PollAnswer<BuildResult>> => {
      const operation = await this.#call(source, (clients) => clients.getOperation(name));
      const mark = String(await log());
      if (!operation.done) return { outcome: null, mark };
      if (operation.error) throw buildFailed(operation.error.message ?? 'No reason was given.');
      const outcome = await readBuildOutcome(operation.response);
      if (outcome === null) throw buildFailed('The build ended without an image.');
      return { outcome: { image: outcome.image, reused: outcome.cached }, mark };
    };
    return pollUntilDone({ polling, clock, signal, subject, ask });
  }

  async #call<T>(source: SourcePackage, run: (clients: RunClients) => Promise<T>): Promise<T> {
    try {
      return await run(await this.#options.clients.get());
    } catch (error) {
      const { platform, project } = this.#options;
      const { service } = source;
      throw toDomainError(error, { platform, project, service, missing: 'OPERATION_NOT_FOUND' });
    }
  }
}

/** A signal's state changes while something is awaited; the compiler would remember the old one. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
