import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isThereAlready } from '../cloud-run/google-error.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import type { PackedSource } from './source-context.ts';

/** An archive in Cloud Storage, as a build names it. */
export interface StoredSource {
  readonly bucket: string;
  readonly object: string;
  readonly generation: string;
}

const stored = z.object({ generation: z.string() });
const listed = z.object({ items: z.array(z.object({ name: z.string() })).default([]) });
const anything = z.unknown();
const LONGEST_NAME = 63;

/**
 * The bucket that source deploys of Cloud Run use. Sources are kept under their digest, so an
 * unchanged one isn't sent again.
 */
export class SourceBucket {
  readonly #http: GoogleHttp;
  readonly #project: string;
  readonly #region: string;

  constructor(http: GoogleHttp, project: string, region: string) {
    this.#http = http;
    this.#project = project;
    this.#region = region;
  }

  async store(source: PackedSource, signal: AbortSignal): Promise<StoredSource> {
    const bucket = await this.#ensure();
    const object = `services/${source.service}/${source.digest}.tar.gz`;
    const { storage } = this.#http.apis;
    const at = `${storage}/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}`;
    const known = await this.#http.find(at, stored);
    if (known !== null) return { bucket, object, generation: known.generation };
    const query = new URLSearchParams({ uploadType: 'media', name: object });
    const url = `${storage}/upload/storage/v1/b/${bucket}/o?${query.toString()}`;
    const { generation } = stored.parse(await this.#http.upload(url, source.archive, signal));
    return { bucket, object, generation };
  }

  /** Name of the bucket; made when it isn't there. Names are shared by all projects of the world. */
  async #ensure(): Promise<string> {
    const usual = bucketName(this.#project, this.#region);
    if (await this.#isOurs(usual)) return usual;
    const other = ownBucketName(usual, this.#project);
    if (await this.#isOurs(other)) return other;
    throw new Error(`The buckets ${usual} and ${other} belong to somebody else.`);
  }

  async #isOurs(name: string): Promise<boolean> {
    if (await this.#isInProject(name)) return true;
    try {
      await this.#create(name);
      return true;
    } catch (error) {
      // Another deploy of this project may have made it a moment ago.
      if (isThereAlready(error)) return this.#isInProject(name);
      throw error;
    }
  }

  /**
   * Only the project's own list counts. Somebody else who guessed the name could have made a bucket
   * of it that lets us in, and put the source of their choice under the digest of ours.
   */
  async #isInProject(name: string): Promise<boolean> {
    const query = new URLSearchParams({ project: this.#project, prefix: name });
    const url = `${this.#http.apis.storage}/storage/v1/b?${query.toString()}`;
    return (await this.#http.get(url, listed)).items.some((bucket) => bucket.name === name);
  }

  async #create(name: string): Promise<void> {
    const url = `${this.#http.apis.storage}/storage/v1/b?project=${this.#project}`;
    await this.#http.post(
      url,
      {
        name,
        location: this.#region,
        iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
        labels: { 'used-by': 'cloudrun' },
      },
      anything,
    );
  }
}

/** `run-sources-PROJECT-REGION`, as gcloud writes it. */
export function bucketName(project: string, region: string): string {
  return `run-sources-${project}-${region}`
    .replaceAll('google', 'elgoog')
    .replaceAll(':', '_')
    .replaceAll('.', '_')
    .slice(0, LONGEST_NAME);
}

/** The same for this project every time, and nobody else's by chance. */
function ownBucketName(usual: string, project: string): string {
  const mark = createHash('sha256').update(project).digest('hex').slice(0, 8);
  return `${usual.slice(0, LONGEST_NAME - mark.length - 1)}-${mark}`;
}
