import { useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Plan } from '../../../shared/domain/plan.ts';
import { errorMessage } from '../../api/error-message.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmFooter } from '../../ui/confirm-footer.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { PlanReview, planRefusal } from './plan-review.tsx';
import type { Started } from './use-deployments.ts';

/** What becomes of a confirmed plan. */
export interface Confirmation {
  readonly onSuccess: (started: Started) => void;
  readonly onError: (error: Error) => void;
}

interface PlanDialogProps {
  readonly plan: UseQueryResult<Plan>;
  /** While the plan is being made. */
  readonly title: string;
  readonly lead?: string;
  /** Verb and object of the button that does it. */
  readonly confirm: string;
  /** What stays if not. */
  readonly cancel: string;
  /** Something else that has to be done before it may be confirmed. */
  readonly refusal?: string | null;
  /** A question of its own, between the sentence and the table. */
  readonly choice?: ReactNode;
  /** Makes the change whose plan was read at this version of the service. */
  readonly run: (etag: string, then: Confirmation) => void;
  readonly isUnderWay: boolean;
  readonly error: unknown;
  readonly onBack?: () => void;
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

function isOutdated(error: unknown): boolean {
  return error !== null && errorMessage(error).code === 'PLAN_OUTDATED';
}

/**
 * The one screen for every plan: read it, then confirm it. When the service changed in between,
 * nothing is done: the plan is made anew over the same edits, and what is different is marked.
 */
export function PlanDialog(props: PlanDialogProps): ReactElement {
  const { plan, run, onStarted, onClose } = props;
  const [outdated, setOutdated] = useState<Plan | null>(null);
  const retry = (): void => {
    plan.refetch().catch(reportError);
  };
  const read = plan.data;
  const confirm = (): void => {
    if (props.isUnderWay || read === undefined) return;
    run(read.etag, {
      onSuccess: ({ operationId }) => {
        onStarted(operationId);
        onClose();
      },
      onError: (error) => {
        if (!isOutdated(error)) return;
        setOutdated(read);
        retry();
      },
    });
  };
  return (
    <Dialog
      title={read?.question ?? props.title}
      lead={read?.consequence ?? props.lead}
      size="wide"
      onClose={onClose}
      footer={
        <ConfirmFooter
          confirm={props.confirm}
          cancel={props.cancel}
          busy={props.isUnderWay}
          refusal={refusalOf(props)}
          start={<PlanStart plan={read} onBack={props.onBack} />}
          onConfirm={confirm}
          onCancel={onClose}
        />
      }
    >
      {outdated !== null && <OutdatedBanner outdated={outdated} plan={plan} />}
      {props.choice}
      <PlanReview
        plan={read}
        error={plan.error}
        before={outdated === null || plan.isFetching ? null : outdated.rows}
        onRetry={retry}
      />
      {props.error !== null && !isOutdated(props.error) && <InlineError error={props.error} />}
    </Dialog>
  );
}

function refusalOf({ plan, refusal = null }: PlanDialogProps): string | null {
  if (plan.isFetching) return 'The plan is being made.';
  return refusal ?? planRefusal(plan.data);
}

interface PlanStartProps {
  readonly plan: Plan | undefined;
  readonly onBack: (() => void) | undefined;
}

function PlanStart({ plan, onBack }: PlanStartProps): ReactElement {
  return (
    <>
      {onBack !== undefined && <Button onClick={onBack}>Back</Button>}
      {plan !== undefined && <CopyButton text={plan.gcloud} label="Copy as gcloud" />}
    </>
  );
}

interface OutdatedBannerProps {
  readonly outdated: Plan;
  readonly plan: UseQueryResult<Plan>;
}

function OutdatedBanner({ outdated, plan }: OutdatedBannerProps): ReactElement {
  const now = plan.data?.currentLabel ?? outdated.currentLabel;
  const moved = now !== outdated.currentLabel;
  return (
    <Banner tone="warn" word="Changed">
      <b>{`The ${outdated.service} changed while you were reading; nothing was done.`}</b>{' '}
      {moved && (
        <>
          <span className="mono">{now}</span> serves now.{' '}
        </>
      )}
      Your edits are kept. This is the new plan; what is different is marked.
    </Banner>
  );
}
