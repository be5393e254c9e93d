import type { TrafficSplit } from './traffic.ts';
import type { CanaryState } from './canary.ts';
import type { Release } from './release.ts';

/** What an operation does. */
export const OPERATION_KINDS = [
  'deploy',
  'roll_back',
  'canary',
  'set_traffic',
  'release',
  'release_roll_back',
  'switch_upstream',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

export type OperationState =
  | 'queued'
  | 'running'
  | 'cancelling'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  /** The console stopped while it ran and the outcome could not be found out. */
  | 'interrupted';

/** The stages in the order in which they happen; not every kind of operation has them all. */
export const STAGE_ORDER = [
  'package',
  'upload',
  'build',
  'push',
  'revision',
  'ready',
  'traffic',
  'verify',
] as const;
export type StageId = (typeof STAGE_ORDER)[number];

export const STAGE_TITLES: Readonly<Record<StageId, string>> = {
  package: 'Package',
  upload: 'Upload',
  build: 'Build',
  push: 'Push image',
  revision: 'Create revision',
  ready: 'Become ready',
  traffic: 'Shift traffic',
  verify: 'Verify',
};

export type StageState = 'pending' | 'running' | 'done' | 'failed' | 'cancelled' | 'skipped';

export interface Stage {
  readonly id: StageId;
  readonly state: StageState;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** One line of what it did or is doing, for example `14 of 20 answers carry gateway-00043`. */
  readonly detail: string | null;
  /** How long it usually takes, from the journal; null without history. */
  readonly usualMs: UsualTime | null;
}

/** The usual range of a duration in milliseconds. */
export interface UsualTime {
  readonly low: number;
  readonly high: number;
}

/** An operation as the views see it. Times are epoch milliseconds. */
export interface Operation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly target: string;
  readonly service: string;
  readonly title: string;
  readonly state: OperationState;
  readonly stages: readonly Stage[];
  /** True once it can't be cancelled any more, only rolled back. */
  readonly committed: boolean;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** True: another process of the console began it, and the time in between is in its times. */
  readonly restarted?: boolean | undefined;
  /** How long such an operation usually takes, from the journal; null without history. */
  readonly usualMs: UsualTime | null;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly nextStep: string;
  } | null;
  readonly result: OperationResult | null;
  /** Of a canary: where it stands and what it saw. */
  readonly canary: CanaryState | null;
  /** Of a release or its rollback: the pair that it is about. */
  readonly release: Release | null;
  /** Of a switch of the gateway's upstream: from which address to which. */
  readonly upstream: UpstreamSwitch | null;
  /** The newest lines, at most 200. */
  readonly log: readonly OperationLogLine[];
}

export interface UpstreamSwitch {
  /** Null when the gateway had none. */
  readonly from: string | null;
  readonly to: string;
}

/** What only some kinds of operations have, and journal as it changes. */
export type OperationNotes = Pick<Operation, 'canary' | 'release' | 'upstream'>;

export interface OperationResult {
  readonly revision: string;
  readonly previousRevision: string | null;
  /** Consecutive answers at the public address that carried the revision. */
  readonly verifiedAnswers: number;
  readonly wantedAnswers: number;
  /** From the operator's confirmation to the last verified answer. */
  readonly elapsedMs: number;
  /** True: the revision was made and gets no traffic, because the service stays pinned. */
  readonly notServing?: boolean | undefined;
  /** True: who may call the service is restricted, so that it serves is the platform's word only. */
  readonly closed?: boolean | undefined;
  /** Of a rollback: the split that was wanted before it, for an undo. */
  readonly before?: TrafficSplit | undefined;
}

/** Whether the public address has shown that the revision serves. */
export function isProven({ notServing, closed }: OperationResult): boolean {
  return notServing !== true && closed !== true;
}

export interface OperationLogLine {
  readonly at: number;
  readonly line: string;
}

const TERMINAL: ReadonlySet<OperationState> = new Set([
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
]);

export function isTerminal(state: OperationState): boolean {
  return TERMINAL.has(state);
}

const NEXT: Readonly<Record<OperationState, readonly OperationState[]>> = {
  queued: ['running', 'cancelled', 'failed', 'interrupted'],
  running: ['succeeded', 'failed', 'cancelling', 'cancelled', 'interrupted'],
  cancelling: ['cancelled', 'failed', 'succeeded', 'interrupted'],
  succeeded: [],
  failed: [],
  cancelled: [],
  interrupted: ['succeeded', 'failed'],
};

/** Is this step legal? An interrupted operation may still be found to have succeeded or failed. */
export function mayBecome(from: OperationState, to: OperationState): boolean {
  return NEXT[from].includes(to);
}

/** Traffic alone: nothing is built and no revision is made. */
const TRAFFIC_ONLY: readonly StageId[] = ['traffic', 'verify'];
/** The image stays: a new revision of it, then its traffic. */
const SAME_IMAGE: readonly StageId[] = ['revision', 'ready', 'traffic', 'verify'];

const STAGES_OF: Readonly<Record<OperationKind, readonly StageId[]>> = {
  deploy: STAGE_ORDER,
  roll_back: TRAFFIC_ONLY,
  canary: STAGE_ORDER,
  set_traffic: TRAFFIC_ONLY,
  release: ['build', 'revision', 'ready', 'traffic', 'verify'],
  release_roll_back: TRAFFIC_ONLY,
  switch_upstream: SAME_IMAGE,
};

/** The stages that an operation of this kind goes through, all pending. */
export function freshStages(kind: OperationKind): readonly Stage[] {
  return STAGES_OF[kind].map((id) => ({
    id,
    state: 'pending',
    startedAt: null,
    endedAt: null,
    detail: null,
    usualMs: null,
  }));
}
