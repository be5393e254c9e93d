import { z } from 'zod';
import { GRPC_STATUS, grpcCode } from '../cloud-run/google-error.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import type { ClientSource } from '../cloud-run/run-clients.ts';
import { shortName } from '../cloud-run/run-messages.ts';
import type { StoredSource } from './source-bucket.ts';

/** What is built, and where its image goes. */
export interface BuildOrder {
  readonly service: string;
  readonly source: StoredSource;
  readonly image: string;
}

const build = z.object({
  id: z.string().default(''),
  status: z.string().default('STATUS_UNKNOWN'),
  statusDetail: z.string().optional(),
  failureInfo: z.object({ detail: z.string().optional() }).optional(),
  logUrl: z.string().optional(),
  results: z
    .object({
      images: z.array(z.object({ name: z.string(), digest: z.string() })).default([]),
    })
    .default({ images: [] }),
});
const builds = z.object({
  builds: z
    .array(
      build.extend({
        images: z.array(z.string()).default([]),
        source: z.object({ storageSource: z.object({ object: z.string() }).optional() }).optional(),
      }),
    )
    .default([]),
});
export type GoogleBuild = z.infer<typeof build>;

const started = z.object({
  metadata: z.object({ build: z.object({ id: z.string() }) }),
});
const anything = z.unknown();
const BUILD_WITHIN = '1800s';

/** Cloud Build, reached through Cloud Run where that offers it. */
export class GoogleBuilds {
  readonly #http: GoogleHttp;
  readonly #clients: ClientSource;
  readonly #parent: string;

  /** @param parent `projects/P/locations/L` */
  constructor(http: GoogleHttp, clients: ClientSource, parent: string) {
    this.#http = http;
    this.#clients = clients;
    this.#parent = parent;
  }

  /**
   * Name of the build. One that an earlier try began and that still goes on is taken: its answer may
   * have been lost, or the console ended before it was written down.
   */
  async submit(order: BuildOrder): Promise<string> {
    const begun = await this.#findUnfinished(order);
    if (begun !== null) return begun;
    try {
      return await this.#begin(order);
    } catch (error) {
      const made = isLost(error) ? await this.#findUnfinished(order).catch(() => null) : null;
      // Nothing was begun, or nobody can say so: the failure of the call stands.
      if (made === null) throw error;
      return made;
    }
  }

  /**
   * Cloud Run's SubmitBuild first; where that isn't served, Cloud Build itself, which can also read
   * newer Dockerfiles.
   */
  async #begin(order: BuildOrder): Promise<string> {
    try {
      return await this.#submitToRun(order);
    } catch (error) {
      const code = grpcCode(error);
      if (code !== GRPC_STATUS.notFound && code !== GRPC_STATUS.unimplemented) throw error;
      return this.#createBuild(order);
    }
  }

  /** Sources are named by their content and images by their source: the same build has the same. */
  async #findUnfinished({ service, source, image }: BuildOrder): Promise<string | null> {
    const query = new URLSearchParams({ filter: `tags="${tagOf(service)}"`, pageSize: '20' });
    const url = `${this.#http.apis.cloudBuild}/v1/${this.#parent}/builds?${query.toString()}`;
    const found = await this.#http.find(url, builds).catch((error: unknown) => {
      // Who may build may not always list: then every build is a new one.
      if (grpcCode(error) === GRPC_STATUS.permissionDenied) return null;
      throw error;
    });
    const same = found?.builds.find(
      (one) =>
        isRunning(one) &&
        (one.images.includes(image) || one.source?.storageSource?.object === source.object),
    );
    return same === undefined ? null : `${this.#parent}/builds/${same.id}`;
  }

  read(name: string): Promise<GoogleBuild> {
    return this.#http.get(`${this.#http.apis.cloudBuild}/v1/${name}`, build);
  }

  /** One that has ended meanwhile needs no end. */
  async cancel(name: string): Promise<void> {
    const url = `${this.#http.apis.cloudBuild}/v1/${name}:cancel`;
    await this.#http.post(url, {}, anything).catch((error: unknown) => {
      if (grpcCode(error) !== GRPC_STATUS.failedPrecondition) throw error;
    });
  }

  async #submitToRun({ service, source, image }: BuildOrder): Promise<string> {
    const { builds, callOptions } = await this.#clients.get();
    const { bucket, object, generation } = source;
    const [answer] = await builds.submitBuild(
      {
        parent: this.#parent,
        storageSource: { bucket, object, generation },
        imageUri: image,
        dockerBuild: {},
        tags: [tagOf(service)],
      },
      callOptions,
    );
    return `${this.#parent}/builds/${buildIdOf(answer.buildOperation?.name ?? '')}`;
  }

  async #createBuild({ service, source, image }: BuildOrder): Promise<string> {
    const { metadata } = await this.#http.post(
      `${this.#http.apis.cloudBuild}/v1/${this.#parent}/builds`,
      {
        source: { storageSource: source },
        steps: [
          {
            name: 'gcr.io/cloud-builders/docker',
            env: ['DOCKER_BUILDKIT=1'],
            args: ['build', `--tag=${image}`, '.'],
          },
        ],
        images: [image],
        tags: [tagOf(service)],
        options: { logging: 'CLOUD_LOGGING_ONLY' },
        timeout: BUILD_WITHIN,
      },
      started,
    );
    return `${this.#parent}/builds/${metadata.build.id}`;
  }
}

const RUNNING = new Set(['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING']);

/** Has it no end yet? */
export function isRunning({ status }: Pick<GoogleBuild, 'status'>): boolean {
  return RUNNING.has(status);
}

function tagOf(service: string): string {
  return `service_${service}`;
}

/** The platform may have done what it was asked, without anybody hearing of it. */
function isLost(error: unknown): boolean {
  const code = grpcCode(error);
  return code === GRPC_STATUS.unavailable || code === GRPC_STATUS.deadlineExceeded;
}

/** The last part of a build operation's name is the build's id in base64 (2.7). */
function buildIdOf(operation: string): string {
  const encoded = shortName(operation);
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return /^[\w-]{8,}$/.test(decoded) ? decoded : encoded;
}
