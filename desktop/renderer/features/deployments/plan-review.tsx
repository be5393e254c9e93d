import type { ReactElement } from 'react';
import type { FieldChange, Impact } from '../../../shared/domain/diff.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { isPlanClear } from '../../../shared/domain/plan.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PlanChecks, PlanTable } from '../../ui/plan-table.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { Tag } from '../../ui/status-dot.tsx';
import { CostDeltaLine } from './cost-delta-line.tsx';

const IMPACT_WORDS: Readonly<Record<Impact, string>> = {
  none: 'Nothing changes',
  traffic: 'Traffic only',
  service: 'Service setting, at once',
  revision: 'New revision, no build',
  rebuild: 'Build and new revision',
};

interface PlanReviewProps {
  readonly plan: Plan | undefined;
  readonly error: unknown;
  /** Rows of the plan before this one, when the service changed in between. */
  readonly before?: readonly FieldChange[] | null;
  readonly onRetry: () => void;
}

/** Why a plan can't be carried out, or null when it can. */
export function planRefusal(plan: Plan | undefined): string | null {
  if (plan === undefined) return 'The plan is not there yet.';
  if (isPlanClear(plan)) return null;
  const failed = plan.checks.filter(({ ok }) => !ok).map(({ title }) => title.toLowerCase());
  return `Not possible now: ${failed.join(', ')}.`;
}

/** A plan to be read before it is confirmed: every field, what it costs, and the checks. */
export function PlanReview({ plan, error, before = null, onRetry }: PlanReviewProps): ReactElement {
  if (plan === undefined) {
    return error === null ? (
      <SkeletonLines lines={6} label="Making the plan" />
    ) : (
      <ErrorState error={error} what="The plan could not be made" onRetry={onRetry} />
    );
  }
  const { currentLabel, nextLabel, rows } = plan;
  return (
    <>
      <div className="dialog-bleed plan-scroll" tabIndex={0} role="region" aria-label="Plan">
        <PlanTable currentLabel={currentLabel} nextLabel={nextLabel} rows={rows} before={before} />
      </div>
      <div className="row plan-verdict">
        <Tag tone="accent">{IMPACT_WORDS[plan.impact]}</Tag>
        <PlanChecks checks={plan.checks} />
      </div>
      {plan.cost !== null && <CostDeltaLine cost={plan.cost} />}
    </>
  );
}
