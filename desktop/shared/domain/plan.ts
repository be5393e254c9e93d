import type { CostDelta } from './cost/cost-report.ts';
import type { FieldChange, Impact } from './diff.ts';
import { IMPACTS } from './diff.ts';

/** A check made before a plan may be carried out. */
export interface PreflightCheck {
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string | null;
  /** It could not be made on this target: nothing is known against the plan, and nothing for it. */
  readonly unknown?: boolean | undefined;
}

export const PLAN_KINDS = [
  'deploy',
  'roll_back',
  'set_traffic',
  'resume_latest',
  'canary',
  'switch_upstream',
] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** A service whose traffic stays where it is: what a deploy to it has to ask first. */
export interface Pin {
  readonly revision: string;
  readonly latest: string | null;
}

/** A service that doesn't exist yet: who may call it is asked before it does. */
export interface AccessQuestion {
  /** True suggests that anyone may call it. */
  readonly suggested: boolean;
}

/** What a mutation would do, to be read before it is confirmed. Never carries a secret value. */
export interface Plan {
  readonly kind: PlanKind;
  readonly service: string;
  /**
   * Version of the service that the plan was made from, empty for one that didn't exist. Given back
   * with the confirmation: a service that changed meanwhile refuses it (PLAN_OUTDATED).
   */
  readonly etag: string;
  /** Title of the dialog: a question about the effect. */
  readonly question: string;
  readonly consequence: string;
  readonly currentLabel: string;
  readonly nextLabel: string;
  readonly rows: readonly FieldChange[];
  readonly checks: readonly PreflightCheck[];
  readonly impact: Impact;
  /** The same change as a gcloud command, secrets as references. */
  readonly gcloud: string;
  /** Not null: the operator has to say what becomes of it. */
  readonly pin: Pin | null;
  /** Not null: the operator is asked who may call the service, which nobody can call yet. */
  readonly access: AccessQuestion | null;
  /** What the change does to the monthly estimate; null when it can't or doesn't. */
  readonly cost: CostDelta | null;
}

/** The heaviest impact among the rows. */
export function impactOf(rows: readonly FieldChange[]): Impact {
  const weight = (impact: Impact): number => IMPACTS.indexOf(impact);
  return rows.reduce<Impact>(
    (worst, row) => (weight(row.impact) > weight(worst) ? row.impact : worst),
    'none',
  );
}

/** May this plan be carried out? Only when no check failed. */
export function isPlanClear(plan: Plan): boolean {
  return plan.checks.every((check) => check.ok);
}
