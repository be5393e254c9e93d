import type { DeploySettings, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { Sizing, SizingProblem } from '../../../shared/domain/resource-rules.ts';
import { sizingProblems } from '../../../shared/domain/resource-rules.ts';
import type { Ingress, Service } from '../../../shared/domain/revision.ts';
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
  readonly ingress: Ingress;
  readonly public: boolean;
}

/** What runs now; for a service that was never deployed what its first deploy would be. */
export interface SettingsBase {
  readonly sizing: Sizing;
  readonly ingress: Ingress;
  readonly public: boolean;
}

export function settingsBase(
  id: StackServiceId,
  rows: readonly RevisionRow[],
  service: Service | undefined,
): SettingsBase {
  const serving = rows.find(({ revision }) => revision.trafficPercent > 0) ?? rows[0];
  return {
    sizing: serving?.revision.template ?? STACK_DEFAULTS[id],
    ingress: service?.ingress ?? 'all',
    public: service?.public ?? true,
  };
}

export function draftOf(base: SettingsBase): SettingsDraft {
  const entry = (field: keyof Sizing): [string, string] => [field, String(base.sizing[field])];
  const sizing = Object.fromEntries(SIZING_FIELDS.map(entry)) as SettingsDraft['sizing'];
  return { sizing, ingress: base.ingress, public: base.public };
}

/** Why the draft can't be deployed, by field; nothing is said of a sizing that runs already. */
export function draftProblems(draft: SettingsDraft, base: SettingsBase): readonly SizingProblem[] {
  return Object.keys(sizingPatch(draft, base)).length === 0
    ? []
    : sizingProblems(typedSizing(draft));
}

/** What is different from what runs, as the contract wants it. */
export function toSettings(draft: SettingsDraft, base: SettingsBase): DeploySettings {
  return {
    ...sizingPatch(draft, base),
    ...(draft.ingress === base.ingress ? {} : { ingress: draft.ingress }),
    ...(draft.public === base.public ? {} : { public: draft.public }),
  };
}

function typedSizing({ sizing }: SettingsDraft): Sizing {
  const number = (text: string): number => (text.trim() === '' ? NaN : Number(text));
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
