import type { TrafficSplit } from './traffic.ts';

/** `retired` revisions get no traffic and hold no instance, but can be rolled back to. */
export type RevisionState = 'starting' | 'ready' | 'failed' | 'retired';

/** One environment variable of a template. A secret is only ever a reference, never a value. */
export type EnvEntry =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly secret: string; readonly version: string };

/** What a revision runs. Memory in MiB, cpu in cores, times in seconds. */
export interface RevisionTemplate {
  /** Image with digest, for example `local/gateway@sha256:...`. */
  readonly image: string;
  readonly env: readonly EnvEntry[];
  readonly port: number;
  readonly cpu: number;
  readonly memoryMib: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly concurrency: number;
  readonly timeoutSeconds: number;
  readonly startupProbe: {
    readonly path: string;
    readonly periodSeconds: number;
    readonly timeoutSeconds: number;
    readonly failureThreshold: number;
  };
}

/** One immutable revision of a service. */
export interface Revision {
  readonly name: string;
  readonly service: string;
  readonly state: RevisionState;
  /** Why it failed or isn't ready, for an operator; null when there is nothing to say. */
  readonly reason: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly trafficPercent: number;
  readonly tags: readonly string[];
  readonly template: RevisionTemplate;
}

/** From where a service may be called: anywhere, inside the project's networks, or not at all. */
export const INGRESS = ['all', 'internal', 'internal-lb', 'none'] as const;
export type Ingress = (typeof INGRESS)[number];

/** Instances of a service over all its revisions; a revision's own limits are in its template. */
export interface ServiceScaling {
  readonly min: number;
  /** null: only the revisions' own limits hold. */
  readonly max: number | null;
  /** Exactly so many, whatever the load; null while the platform scales between the limits. */
  readonly manual: number | null;
}

/** What a service has of which nothing was ever said. */
export const AUTOMATIC_SCALING: ServiceScaling = { min: 0, max: null, manual: null };

/** What belongs to the service and not to a revision: moving traffic back doesn't undo it. */
export interface ServiceSettings {
  readonly ingress: Ingress;
  /** True when it can be called without Google credentials. */
  readonly public: boolean;
  readonly scaling: ServiceScaling;
}

/** A deployed service. */
export interface Service extends ServiceSettings {
  readonly id: string;
  /** Public address, empty while the platform hasn't given one. */
  readonly uri: string;
  readonly latestCreatedRevision: string | null;
  readonly latestReadyRevision: string | null;
  readonly traffic: TrafficSplit;
  /** What really serves now; differs from `traffic` while the platform is at work. */
  readonly serving: TrafficSplit;
  readonly reconciling: boolean;
  /** Why the last change failed, null when it didn't. */
  readonly failure: string | null;
  readonly etag: string;
}

/** The digest part of an image, `sha256:...`, or the whole string when it has none. */
export function digestOf(image: string): string {
  const at = image.indexOf('@');
  return at < 0 ? image : image.slice(at + 1);
}

/** `sha256:9f2c...41` for people: the first and the last two characters of the digest. */
export function shortDigest(image: string): string {
  const digest = digestOf(image).replace(/^sha256:/, '');
  return digest.length <= 8 ? digest : `${digest.slice(0, 4)}…${digest.slice(-2)}`;
}

/** The revision with the largest share of the serving traffic, or null when nothing serves. */
export function servingRevision(service: Service): string | null {
  const [first, ...rest] = service.serving.shares;
  if (first === undefined) return null;
  const top = rest.reduce((best, share) => (share.percent > best.percent ? share : best), first);
  return top.percent > 0 ? top.revision : null;
}

/** Does what serves differ from what is set? */
function isShifting(service: Pick<Service, 'traffic' | 'serving'>): boolean {
  const key = (split: TrafficSplit): string =>
    split.shares
      .filter((share) => share.percent > 0)
      .map((share) => `${share.revision}=${String(share.percent)}`)
      .toSorted()
      .join();
  return key(service.traffic) !== key(service.serving);
}

type Motion = Pick<Service, 'traffic' | 'serving' | 'reconciling' | 'failure'>;

/** Is the platform still at work on it? What it failed at stays as it is. */
export function isInMotion(service: Motion): boolean {
  return service.reconciling || (service.failure === null && isShifting(service));
}
