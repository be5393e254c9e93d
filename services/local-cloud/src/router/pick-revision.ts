/** A revision and its share of the requests. */
export interface WeightedRevision {
  readonly revision: string;
  readonly percent: number;
}

/** Picks by share; `random` is in [0, 1). Null when nothing has a share. */
export function pickRevision(targets: readonly WeightedRevision[], random: number): string | null {
  const total = targets.reduce((sum, { percent }) => sum + percent, 0);
  let rest = random * total;
  for (const { revision, percent } of targets) {
    if (rest < percent) return revision;
    rest -= percent;
  }
  return null;
}

const TAG_HOST = /^([a-z][a-z0-9-]*?)---([a-z][a-z0-9-]*)\.localhost$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|[a-z0-9-]+\.localhost)$/;

export type HostMatch =
  { readonly kind: 'tag'; readonly tag: string } | { readonly kind: 'service' | 'foreign' };

/**
 * What a Host header asks for: a tag (`tag---SERVICE.localhost`), the service, or a name that has no
 * business here. The last one stops a web page that points its own name at 127.0.0.1.
 */
export function matchHost(host: string | undefined, service: string): HostMatch {
  const name = (host ?? 'localhost').toLowerCase().replace(/:\d+$/, '');
  const match = TAG_HOST.exec(name);
  if (match !== null && match[2] === service) return { kind: 'tag', tag: match[1] ?? '' };
  return { kind: LOOPBACK_HOST.test(name) ? 'service' : 'foreign' };
}
