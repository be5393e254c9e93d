/** An image reference, split: `local/gateway`, `local/gateway:v2`, `local/gateway@sha256:...`. */
export interface ImageReference {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

const DIGEST_MARK = '@sha256:';

/** Splits an image reference; without tag and digest the tag is `latest`. */
export function parseImage(image: string): ImageReference {
  const at = image.indexOf(DIGEST_MARK);
  const digest = at === -1 ? '' : image.slice(at + DIGEST_MARK.length);
  const named = at === -1 ? image : image.slice(0, at);
  const colon = named.lastIndexOf(':');
  // A colon before the last slash belongs to a registry's port.
  const tagged = colon > named.lastIndexOf('/');
  return {
    repository: tagged ? named.slice(0, colon) : named,
    tag: tagged ? named.slice(colon + 1) : 'latest',
    digest,
  };
}

/** The pinned form that a deploy should use. */
export function pinnedImage(repository: string, digest: string): string {
  return `${repository}${DIGEST_MARK}${digest}`;
}

/** Key of a moving tag in the store. */
export function tagKey({ repository, tag }: ImageReference): string {
  return `${repository}:${tag}`;
}
