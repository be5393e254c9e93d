import type { FieldChange, Impact } from './diff.ts';

/** A check made before a plan may be carried out. */
export interface PreflightCheck {
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string | null;
}

/** What a mutation would do, to be read before it is confirmed. Never carries a secret value. */
export interface Plan {
  readonly kind: 'deploy' | 'roll_back';
  readonly service: string;
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
}

const WEIGHT: Readonly<Record<Impact, number>> = { none: 0, traffic: 1, revision: 2, rebuild: 3 };

/** The heaviest impact among the rows. */
export function impactOf(rows: readonly FieldChange[]): Impact {
  return rows.reduce<Impact>(
    (worst, row) => (WEIGHT[row.impact] > WEIGHT[worst] ? row.impact : worst),
    'none',
  );
}

/** May this plan be carried out? Only when every check passed. */
export function isPlanClear(plan: Plan): boolean {
  return plan.checks.every((check) => check.ok);
}
