import { z } from 'zod';
import { DomainError } from '../../ports/domain-error.ts';
import type { Presence, RevisionReferences } from '../../ports/revision-references.ts';
import { GoogleHttpError, GRPC_STATUS } from '../cloud-run/google-error.ts';
import type { GoogleHttp } from '../cloud-run/google-http.ts';
import { MANIFESTS } from '../cloud-run/resolve-digest.ts';

/** `europe-docker.pkg.dev/project/repository/name@sha256:…` */
const IMAGE = /^([a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)\/([^@]+)@(sha256:[0-9a-f]{64})$/;

/** A disabled or destroyed version is there and still can't be read. */
const secretVersion = z.object({ state: z.string() });
const READABLE = 'ENABLED';

/** Asks Artifact Registry for an image's manifest and Secret Manager for a secret's version. */
export class GoogleReferences implements RevisionReferences {
  readonly #http: GoogleHttp;
  readonly #project: string;

  constructor(http: GoogleHttp, project: string) {
    this.#http = http;
    this.#project = project;
  }

  async image(image: string): Promise<Presence> {
    const [, host = '', name = '', digest = ''] = IMAGE.exec(image) ?? [];
    if (digest === '') {
      return { state: 'unknown', detail: `${image} is in no registry that the console can ask` };
    }
    const url = `${this.#http.apis.registry(host)}/v2/${name}/manifests/${digest}`;
    return presenceBy('the image was removed', async () => {
      await this.#http.head(url, MANIFESTS);
      return { state: 'present' };
    });
  }

  async secret(secret: string, version: string): Promise<Presence> {
    const path = `projects/${this.#project}/secrets/${secret}/versions/${version}`;
    const url = `${this.#http.apis.secretManager}/v1/${path}`;
    return presenceBy(`there is no version ${version} of the secret ${secret}`, async () => {
      const { state } = await this.#http.get(url, secretVersion);
      if (state === READABLE) return { state: 'present' };
      const detail = `version ${version} of the secret ${secret} is ${state.toLowerCase()}`;
      return { state: 'missing', detail };
    });
  }
}

/** Google's own refusals tell nothing about what was looked for; missing credentials are thrown. */
async function presenceBy(missing: string, look: () => Promise<Presence>): Promise<Presence> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (error instanceof GoogleHttpError && error.code === GRPC_STATUS.notFound) {
      return { state: 'missing', detail: missing };
    }
    return { state: 'unknown', detail: error instanceof Error ? error.message : String(error) };
  }
}
