/** What kind of platform a target is. */
export type TargetKind = 'local' | 'cloud-run';

/** How much harm a mistake does there; each class has its own colour in every window. */
export type TargetClass = 'dev' | 'stage' | 'prod';

/** What the console may do there. Enforced in main, shown in the view. */
export type TargetMode = 'normal' | 'protected' | 'read-only';

/**
 * Where a target's credentials come from; never the credentials themselves. `impersonate` is the
 * e-mail address of a service account to act as.
 */
export type TargetCredentials =
  | { readonly kind: 'none' }
  /** Application default credentials: gcloud's own file, or the one named here. */
  | { readonly kind: 'adc'; readonly impersonate: string | null; readonly file: string | null }
  /** The operator's own OAuth client, as downloaded from Google; the sign-in is the console's. */
  | {
      readonly kind: 'oauth';
      readonly impersonate: string | null;
      readonly clientFile: string;
    };

/** A place that services are deployed to. Its `id` is stable and unique in the settings. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly kind: TargetKind;
  readonly class: TargetClass;
  readonly mode: TargetMode;
  /** Google project and region of a Cloud Run target; null where the platform has none. */
  readonly project: string | null;
  readonly region: string | null;
  readonly credentials: TargetCredentials;
  /** It was protected and has not been set free by the human since: read-only is no way around. */
  readonly guarded: boolean;
}

/** The embedded local cloud: always there, never removed. */
export const LOCAL_TARGET: Target = {
  id: 'local',
  name: 'local',
  kind: 'local',
  class: 'dev',
  mode: 'normal',
  project: null,
  region: null,
  credentials: { kind: 'none' },
  guarded: false,
};
