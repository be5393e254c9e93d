import type { ReactElement } from 'react';
import type { Service } from '../../../shared/domain/revision.ts';
import { servingRevision } from '../../../shared/domain/revision.ts';
import { PlanDialog } from './plan-dialog.tsx';
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
  return (
    <PlanDialog
      plan={plan}
      title={`Send all ${service.id} traffic back to ${revision}?`}
      lead="Traffic only: nothing is rebuilt."
      confirm={`Roll back to ${revision}`}
      cancel={`Keep ${servingRevision(service) ?? 'what serves'}`}
      run={(etag, then) => rollBack.mutate({ service: service.id, revision, etag }, then)}
      isUnderWay={rollBack.isUnderWay}
      error={rollBack.error}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
