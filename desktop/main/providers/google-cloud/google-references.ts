import type { Presence, RevisionReferences } from '../../ports/revision-references.ts';
import type { GoogleCaller } from './google-rest.ts';
import { callGoogle, SECRET_MANAGER } from './google-rest.ts';

/** `europe-docker.pkg.dev/project/repository/name@sha256:…` */
const IMAGE = /^([a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)\/([^@]+)@(sha256:[0-9a-f]{64})$/;

/** Asks Artifact Registry for an image's manifest and Secret Manager for a secret's version. */
export class GoogleReferences implements RevisionReferences {
  readonly #caller: GoogleCaller;

  constructor(caller: GoogleCaller) {
    this.#caller = caller;
  }

  async image(image: string): Promise<Presence> {
    const [, registry = '', name = '', digest = ''] = IMAGE.exec(image) ?? [];
    if (digest === '') {
      return { state: 'unknown', detail: `${image} is in no registry that the console can ask` };
    }
    const url = `https://${registry}/v2/${name}/manifests/${digest}`;
    return presenceOf(await callGoogle(this.#caller, url, 'HEAD'), 'the image was removed');
  }

  async secret(secret: string, version: string): Promise<Presence> {
    const { project } = this.#caller;
    const path = `projects/${project}/secrets/${secret}/versions/${version}`;
    const response = await callGoogle(this.#caller, `${SECRET_MANAGER}/v1/${path}`);
    return presenceOf(response, `there is no version ${version} of the secret ${secret}`);
  }
}

function presenceOf(response: Response | null, missing: string): Presence {
  if (response === null) return { state: 'unknown', detail: 'Google doesn’t answer' };
  if (response.ok) return { state: 'present' };
  if (response.status === 404) return { state: 'missing', detail: missing };
  return { state: 'unknown', detail: `Google answered HTTP ${String(response.status)}` };
}
