import type { Clock } from '../../ports/clock.ts';
import { DomainError } from '../../ports/domain-error.ts';
import type {
  BuildRequest,
  BuildResult,
  ImageBuilder,
  SourcePackage,
} from '../../ports/image-builder.ts';
import { readBuildLines } from '../cloud-run/cloud-logs.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import type { PollAnswer, Polling } from '../cloud-run/poll-operation.ts';
import { pollUntilDone } from '../cloud-run/poll-operation.ts';
import { findDigest } from '../cloud-run/resolve-digest.ts';
import type { ClientSource } from '../cloud-run/run-clients.ts';
import { shortName } from '../cloud-run/run-messages.ts';
import { toDomainError } from '../cloud-run/to-domain-error.ts';
import { buildCancelled, buildFailed } from './build-failures.ts';
import type { GoogleBuild } from './google-builds.ts';
import { GoogleBuilds } from './google-builds.ts';
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
const LOG_LINES = 1_000;
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
    await this.#call(source.service, () => this.#bucket.store(packed, untilAborted(signal)));
  }

  async build(request: BuildRequest): Promise<BuildResult> {
    const { source, signal, submitted = null, onSubmitted } = request;
    if (isAborted(signal)) throw buildCancelled();
    const packed = await this.#need(source);
    const image = await this.#call(source.service, () => this.#imageOf(packed, signal));
    const known =
      submitted === null ? await this.#call(source.service, () => this.#find(image)) : null;
    if (known !== null) return { image: known, reused: true };
    const name = submitted ?? (await this.#submit(packed, image, signal));
    if (submitted === null) await onSubmitted?.(name);
    try {
      return await this.#follow(name, image, request);
    } catch (error) {
      if (!isAborted(signal)) throw error;
      await this.#call(source.service, () => this.#builds.cancel(name));
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
    return this.#call(service, async () => {
      const source = await this.#bucket.store(packed, untilAborted(signal));
      return this.#builds.submit({ service, source, image });
    });
  }

  #follow(name: string, image: string, request: BuildRequest): Promise<BuildResult> {
    const { clock } = this.#options;
    const { source, signal, onLog } = request;
    const log = this.#logTail(name, onLog);
    return pollUntilDone<BuildResult>({
      polling: BUILD_POLLING,
      clock,
      signal,
      subject: `The build of ${source.service}`,
      ask: () =>
        this.#call(source.service, async (): Promise<PollAnswer<BuildResult>> => {
          const build = await this.#builds.read(name);
          const mark = `${build.status} ${String(await log())}`;
          return { outcome: await this.#outcomeOf(build, image), mark };
        }),
    });
  }

  async #outcomeOf(build: GoogleBuild, image: string): Promise<BuildResult | null> {
    if (RUNNING.has(build.status)) return null;
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

  /** Passes on the lines that are new since the last call; gives how many there are by now. */
  #logTail(name: string, onLog: (line: string) => void): () => Promise<number> {
    const { http, project } = this.#options;
    let passedOn = 0;
    return async () => {
      const lines = await readBuildLines(http, project, {
        id: shortName(name),
        limit: LOG_LINES,
      }).catch(
        // The log needs a role of its own; a build that can't be read along is a build all the same.
        () => [],
      );
      for (const { line } of lines.slice(passedOn)) onLog(line);
      passedOn = Math.max(passedOn, lines.length);
      return passedOn;
    };
  }

  /** After a restart of the console the source is packed again; the same files give the same. */
  async #need({ service, location }: SourcePackage): Promise<PackedSource> {
    const packed = this.#packed.get(location);
    return packed ?? packSource(this.#options.sourcesFolder, service);
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

const RUNNING = new Set(['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING']);

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
