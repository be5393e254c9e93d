import type { Clock } from '../../ports/clock.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type {
  BuildRequest,
  BuildResult,
  ImageBuilder,
  SourcePackage,
} from '../../ports/image-builder.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import type { PollAnswer, Polling } from '../cloud-run/poll-operation.ts';
import { pollUntilDone } from '../cloud-run/poll-operation.ts';
import { findDigest } from '../cloud-run/resolve-digest.ts';
import type { ClientSource } from '../cloud-run/run-clients.ts';
import { shortName } from '../cloud-run/run-messages.ts';
import { toDomainError } from '../cloud-run/to-domain-error.ts';
import { buildCancelled, buildFailed } from './build-failures.ts';
import { GoogleBuildLog } from './google-build-log.ts';
import type { GoogleBuild } from './google-builds.ts';
import { GoogleBuilds, isRunning } from './google-builds.ts';
import { ensureRepository } from './image-repository.ts';
import { SourceBucket } from './source-bucket.ts';
import type { PackedSource } from './source-context.ts';
import { packSource } from './source-context.ts';

export interface GoogleImageBuilderOptions {
  readonly clients: ClientSource;
  readonly http: GoogleHttp;
  readonly project: string;
  readonly location: string;
  readonly platform: string;
  readonly clock: Clock;
  readonly sourcesFolder: string;
}

/** As gcloud follows a build: every second at first, every ten later (2.7). */
export const BUILD_POLLING: Polling = {
  firstMs: 1_000,
  factor: 1.1,
  longestMs: 10_000,
  totalMs: 45 * 60_000,
  unreachableMs: 2 * 60_000,
  inactiveMs: 20 * 60_000,
};
const UPLOAD_WITHIN_MS = 15 * 60_000;

/** A source folder becomes an image in Artifact Registry: upload, Cloud Build, digest. */
export class GoogleImageBuilder implements ImageBuilder {
  readonly #options: GoogleImageBuilderOptions;
  readonly #builds: GoogleBuilds;
  readonly #bucket: SourceBucket;
  /** What `package` packed and `build` will send, by its place. */
  readonly #packed = new Map<string, PackedSource>();

  constructor(options: GoogleImageBuilderOptions) {
    const { http, clients, project, location } = options;
    this.#options = options;
    this.#builds = new GoogleBuilds(http, clients, `projects/${project}/locations/${location}`);
    this.#bucket = new SourceBucket(http, project, location);
  }

  async package(service: string): Promise<SourcePackage> {
    const packed = await packSource(this.#options.sourcesFolder, service);
    const location = `source:${service}:${packed.digest}`;
    this.#packed.set(location, packed);
    return { service, files: packed.files, bytes: packed.archive.length, location };
  }

  async upload(source: SourcePackage, signal: AbortSignal): Promise<void> {
    const packed = await this.#need(source);
    await this.#callUntil(signal, source.service, () =>
      this.#bucket.store(packed, untilAborted(signal)),
    );
  }

  async build(request: BuildRequest): Promise<BuildResult> {
    const { source, signal } = request;
    if (isAborted(signal)) throw buildCancelled();
    const packed = await this.#need(source);
    const { service } = source;
    const image = await this.#callUntil(signal, service, () => this.#imageOf(packed, signal));
    const { submitted = null, onSubmitted } = request;
    const known = submitted === null ? await this.#call(service, () => this.#find(image)) : null;
    if (known !== null) return { image: known, reused: true };
    const name = submitted ?? (await this.#submit(packed, image, signal));
    if (submitted === null) await onSubmitted?.(name);
    try {
      return await this.#follow(name, image, request);
    } catch (error) {
      if (!isAborted(signal)) throw error;
      await this.#call(service, () => this.#builds.cancel(name));
      throw buildCancelled();
    } finally {
      this.#packed.delete(source.location);
    }
  }

  /** Under its digest, so that an unchanged source finds the image that it gave before. */
  async #imageOf({ service, digest }: PackedSource, signal: AbortSignal): Promise<string> {
    const { http, project, location, clock } = this.#options;
    const waiting = { polling: BUILD_POLLING, clock, signal };
    const repository = await ensureRepository(http, { project, location, waiting });
    return `${repository}/${service}:source-${digest.slice(0, 16)}`;
  }

  async #submit(packed: PackedSource, image: string, signal: AbortSignal): Promise<string> {
    const { service } = packed;
    const source = await this.#callUntil(signal, service, () =>
      this.#bucket.store(packed, untilAborted(signal)),
    );
    if (isAborted(signal)) throw buildCancelled();
    return this.#call(service, () => this.#builds.submit({ service, source, image }));
  }

  #follow(name: string, image: string, request: BuildRequest): Promise<BuildResult> {
    const { clock, http, project } = this.#options;
    const { source, signal, onLog } = request;
    const log = new GoogleBuildLog(http, { project, id: shortName(name), onLine: onLog });
    // The log needs a role of its own; a build that can't be read along is a build all the same.
    const lookAtLog = (): Promise<number> => log.look().catch(() => 0);
    return pollUntilDone<BuildResult>({
      polling: BUILD_POLLING,
      clock,
      signal,
      subject: `The build of ${source.service}`,
      ask: () =>
        this.#call(source.service, async (): Promise<PollAnswer<BuildResult>> => {
          const build = await this.#builds.read(name);
          const mark = `${build.status} ${String(await lookAtLog())}`;
          return { outcome: await this.#outcomeOf(build, image), mark };
        }),
    });
  }

  async #outcomeOf(build: GoogleBuild, image: string): Promise<BuildResult | null> {
    if (isRunning(build)) return null;
    if (build.status === 'CANCELLED') throw buildCancelled();
    if (build.status !== 'SUCCESS') throw buildFailed(whyNot(build));
    const pushed = build.results.images.find(({ name }) => name === image);
    const byDigest = pushed ? `${withoutTag(image)}@${pushed.digest}` : await this.#find(image);
    if (byDigest === null) throw buildFailed('The build ended without an image.');
    return { image: byDigest, reused: false };
  }

  #find(image: string): Promise<string | null> {
    return findDigest(this.#options.http, image);
  }

  /** After a restart of the console the source is packed again; the same files give the same. */
  async #need({ service, location }: SourcePackage): Promise<PackedSource> {
    const packed = this.#packed.get(location);
    return packed ?? packSource(this.#options.sourcesFolder, service);
  }

  /** What ends because the operator cancelled is no failure of the platform. */
  async #callUntil<T>(signal: AbortSignal, service: string, run: () => Promise<T>): Promise<T> {
    try {
      return await this.#call(service, run);
    } catch (error) {
      throw isAborted(signal) ? buildCancelled() : error;
    }
  }

  async #call<T>(service: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof DomainError) throw error;
      const { platform, project } = this.#options;
      throw toDomainError(error, { platform, project, service, missing: 'OPERATION_NOT_FOUND' });
    }
  }
}

function whyNot({ status, statusDetail, failureInfo, logUrl }: GoogleBuild): string {
  const why = failureInfo?.detail ?? statusDetail ?? `The build ended as ${status}.`;
  return logUrl === undefined ? why : `${why} Its log: ${logUrl}`;
}

function withoutTag(image: string): string {
  return image.slice(0, image.lastIndexOf(':'));
}

function untilAborted(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(UPLOAD_WITHIN_MS)]);
}

/** A signal's state changes while something is awaited; the compiler would remember the old one. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
