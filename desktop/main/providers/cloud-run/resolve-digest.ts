import { DomainError } from '../../ports/domain-error.ts';
import { GRPC_STATUS, grpcCode } from './google-error.ts';
import type { GoogleHttp } from './google-http.ts';

/** What a registry may answer with for an image. */
export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** `HOST/PATH:TAG`; a tag is what follows the last colon behind the last slash. */
const IMAGE = /^([^/]+\.[^/]+)\/(.+?)(?::([\w.-]+))?$/;

/** The same image by its digest, so that nothing can be put under its name later (R15). */
export async function resolveDigest(http: GoogleHttp, image: string): Promise<string> {
  if (image.includes('@sha256:')) return image;
  const [, host = '', path = '', tag = 'latest'] = IMAGE.exec(image) ?? [];
  if (host === '') throw unknownImage(image, 'it names no registry', null);
  const url = `${http.apis.registry(host)}/v2/${path}/manifests/${tag}`;
  const headers = await http.head(url, MANIFESTS).catch((error: unknown) => {
    throw unknownImage(image, error instanceof Error ? error.message : String(error), error);
  });
  const digest = headers.get('docker-content-digest');
  if (digest === null) throw unknownImage(image, 'its registry gives no digest', null);
  return `${host}/${path}@${digest}`;
}

/** The same, or null when the registry has no such image. */
export async function findDigest(http: GoogleHttp, image: string): Promise<string | null> {
  try {
    return await resolveDigest(http, image);
  } catch (error) {
    const cause = error instanceof DomainError ? error.cause : error;
    if (grpcCode(cause) === GRPC_STATUS.notFound) return null;
    throw error;
  }
}

function unknownImage(image: string, why: string, cause: unknown): DomainError {
  return new DomainError({
    code: 'INVALID_INPUT',
    message: `The digest of ${image} can’t be read: ${why}.`,
    nextStep: 'Name the image by its digest (NAME@sha256:...).',
    cause,
  });
}
