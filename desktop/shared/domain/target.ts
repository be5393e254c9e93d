/** What kind of platform a target is. */
export type TargetKind = 'local' | 'cloud-run';

/** How much harm a mistake does there; each class has its own colour in every window. */
export type TargetClass = 'dev' | 'stage' | 'prod';

/** What the console may do there. Enforced in main, shown in the view. */
export type TargetMode = 'normal' | 'protected' | 'read-only';

/** A place that services are deployed to. Its `id` is stable and unique in the settings. */
export interface Target {
  readonly id: string;
  readonly name: string;
  readonly kind: TargetKind;
  readonly class: TargetClass;
  readonly mode: TargetMode;
}

/** The embedded local cloud: always there, never removed. */
export const LOCAL_TARGET: Target = {
  id: 'local',
  name: 'local',
  kind: 'local',
  class: 'dev',
  mode: 'normal',
};
