import type { DeploySettings, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { Sizing, SizingProblem } from '../../../shared/domain/resource-rules.ts';
import { sizingProblems } from '../../../shared/domain/resource-rules.ts';
import type { Ingress, Service, ServiceScaling } from '../../../shared/domain/revision.ts';
import { AUTOMATIC_SCALING } from '../../../shared/domain/revision.ts';
import type { ScalingProblem } from '../../../shared/domain/scaling-rules.ts';
import { scalingProblems } from '../../../shared/domain/scaling-rules.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';

export const SIZING_FIELDS = [
  'cpu',
  'memoryMib',
  'minInstances',
  'maxInstances',
  'concurrency',
  'timeoutSeconds',
] as const satisfies readonly (keyof Sizing)[];

/** The advanced part of a deploy as it is edited: numbers as they are typed. */
export interface SettingsDraft {
  readonly sizing: Readonly<Record<keyof Sizing, string>>;
  /** What is typed of the limits is kept while the count is set by hand. */
  readonly scaling: Readonly<Record<keyof ServiceScaling, string>> & { readonly byHand: boolean };
  readonly ingress: Ingress;
  readonly public: boolean;
}

/** What runs now; for a service that was never deployed what its first deploy would be. */
export interface SettingsBase {
  readonly sizing: Sizing;
  readonly scaling: ServiceScaling;
  readonly ingress: Ingress;
  readonly public: boolean;
  /** Who may call it is asked with the plan, and not here. */
  readonly isFirst: boolean;
}

/** What is wrong with the draft, by field. */
export interface SettingsProblems {
  readonly sizing: readonly SizingProblem[];
  readonly scaling: readonly ScalingProblem[];
}

export function settingsBase(
  id: StackServiceId,
  rows: readonly RevisionRow[],
  service: Service | undefined,
): SettingsBase {
  const serving = rows.find(({ revision }) => revision.trafficPercent > 0) ?? rows[0];
  return {
    sizing: serving?.revision.template ?? STACK_DEFAULTS[id],
    scaling: service?.scaling ?? AUTOMATIC_SCALING,
    ingress: service?.ingress ?? 'all',
    public: service?.public ?? false,
    isFirst: service === undefined,
  };
}

export function draftOf(base: SettingsBase): SettingsDraft {
  const entry = (field: keyof Sizing): [string, string] => [field, String(base.sizing[field])];
  const sizing = Object.fromEntries(SIZING_FIELDS.map(entry)) as SettingsDraft['sizing'];
  const { min, max, manual } = base.scaling;
  const scaling = {
    byHand: manual !== null,
    min: String(min),
    max: max === null ? '' : String(max),
    manual: manual === null ? '' : String(manual),
  };
  return { sizing, scaling, ingress: base.ingress, public: base.public };
}

/** Why the draft can't be deployed, by field; nothing is said of what runs already. */
export function draftProblems(draft: SettingsDraft, base: SettingsBase): SettingsProblems {
  return {
    sizing: isEmpty(sizingPatch(draft, base)) ? [] : sizingProblems(typedSizing(draft)),
    scaling: isEmpty(scalingPatch(draft, base)) ? [] : scalingProblems(typedScaling(draft)),
  };
}

/** What is different from what runs, as the contract wants it. */
export function toSettings(draft: SettingsDraft, base: SettingsBase): DeploySettings {
  const scaling = scalingPatch(draft, base);
  return {
    ...sizingPatch(draft, base),
    ...(isEmpty(scaling) ? {} : { scaling }),
    ...(draft.ingress === base.ingress ? {} : { ingress: draft.ingress }),
    ...(draft.public === base.public ? {} : { public: draft.public }),
  };
}

const number = (text: string): number => (text.trim() === '' ? NaN : Number(text));
const isEmpty = (patch: object): boolean => Object.keys(patch).length === 0;

function typedSizing({ sizing }: SettingsDraft): Sizing {
  return {
    cpu: number(sizing.cpu),
    memoryMib: number(sizing.memoryMib),
    minInstances: number(sizing.minInstances),
    maxInstances: number(sizing.maxInstances),
    concurrency: number(sizing.concurrency),
    timeoutSeconds: number(sizing.timeoutSeconds),
  };
}

function sizingPatch(draft: SettingsDraft, base: SettingsBase): Partial<Sizing> {
  const typed = typedSizing(draft);
  const changed = SIZING_FIELDS.filter((field) => typed[field] !== base.sizing[field]);
  return Object.fromEntries(changed.map((field) => [field, typed[field]]));
}

function typedScaling({ scaling }: SettingsDraft): ServiceScaling {
  return {
    min: number(scaling.min),
    max: scaling.max.trim() === '' ? null : number(scaling.max),
    manual: scaling.byHand ? number(scaling.manual) : null,
  };
}

/** By hand only the count is sent: the limits aren't shown then and stay what they are. */
function scalingPatch(draft: SettingsDraft, base: SettingsBase): Partial<ServiceScaling> {
  const typed = typedScaling(draft);
  const fields = typed.manual === null ? (['min', 'max', 'manual'] as const) : ['manual' as const];
  const changed = fields.filter((field) => typed[field] !== base.scaling[field]);
  return Object.fromEntries(changed.map((field) => [field, typed[field]]));
}
