import type { ReactElement } from 'react';
import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { ConfirmFooter } from '../../ui/confirm-footer.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { InlineError } from '../../ui/error-state.tsx';
import { PlanReview, planRefusal } from './plan-review.tsx';
import type { Started } from './use-deployments.ts';
import { useRollBack, useRollBackPlan } from './use-deployments.ts';

interface RollBackDialogProps {
  readonly service: Service;
  readonly revision: string;
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

/** Shows what going back to a revision changes, and does it: one plan, one confirm, no typing. */
export function RollBackDialog(props: RollBackDialogProps): ReactElement {
  const { service, revision, onStarted, onClose } = props;
  const plan = useRollBackPlan(service.id, revision);
  const rollBack = useRollBack();
  const confirm = (): void => {
    if (rollBack.isUnderWay) return;
    const onSuccess = ({ operationId }: Started): void => {
      onStarted(operationId);
      onClose();
    };
    rollBack.mutate({ service: service.id, revision }, { onSuccess });
  };
  return (
    <Dialog
      title={plan.data?.question ?? `Send all ${service.id} traffic back to ${revision}?`}
      lead={plan.data?.consequence ?? 'Traffic only: nothing is rebuilt.'}
      onClose={onClose}
      footer={
        <ConfirmFooter
          confirm={`Roll back to ${revision}`}
          cancel={`Keep ${servingRevision(service) ?? 'what serves'}`}
          busy={rollBack.isUnderWay}
          refusal={planRefusal(plan.data)}
          start={plan.data && <CopyButton text={plan.data.gcloud} label="Copy as gcloud" />}
          onConfirm={confirm}
          onCancel={onClose}
        />
      }
    >
      <PlanReview
        plan={plan.data}
        error={plan.error}
        onRetry={() => {
          plan.refetch().catch(reportError);
        }}
      />
      {rollBack.error !== null && <InlineError error={rollBack.error} />}
    </Dialog>
  );
}
