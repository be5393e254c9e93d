import { useState } from 'react';
import type { ReactElement } from 'react';
import type { DeployInput, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { useServices } from '../../api/use-services.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { deployInput, deployProblem, editsOf } from './deploy-edits.ts';
import { DeployForm } from './deploy-form.tsx';
import { DeployPlan } from './deploy-plan.tsx';
import type { SettingsBase } from './settings-draft.ts';
import { settingsBase } from './settings-draft.ts';
import { useRevisions } from './use-deployments.ts';

interface DeployDialogProps {
  readonly serviceId: StackServiceId;
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

/** The environment that runs now: of the serving revision, else the newest, else the defaults. */
function runningEnv(rows: readonly RevisionRow[], serviceId: StackServiceId): readonly EnvEntry[] {
  const serving = rows.find(({ revision }) => revision.trafficPercent > 0) ?? rows[0];
  return serving?.revision.template.env ?? STACK_DEFAULTS[serviceId].env;
}

/** What to deploy, then the plan of it in the same dialog, then the deploy itself. */
export function DeployDialog(props: DeployDialogProps): ReactElement {
  const { serviceId, onClose } = props;
  const revisions = useRevisions(serviceId, false);
  const services = useServices(false);
  if (revisions.data !== undefined && services.data !== undefined) {
    const service = services.data.find(({ id }) => id === serviceId);
    return (
      <LoadedDeployDialog
        {...props}
        env={runningEnv(revisions.data, serviceId)}
        base={settingsBase(serviceId, revisions.data, service)}
      />
    );
  }
  const error = revisions.error ?? services.error;
  return (
    <Dialog
      title={`Deploy ${serviceId}`}
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      {error !== null ? (
        <ErrorState error={error} what="The running configuration could not be read" />
      ) : (
        <SkeletonLines lines={5} label="Reading the running configuration" />
      )}
    </Dialog>
  );
}

interface LoadedDeployDialogProps extends DeployDialogProps {
  /** Read once: what others change meanwhile doesn't lose what is typed; the plan shows it. */
  readonly env: readonly EnvEntry[];
  readonly base: SettingsBase;
}

function LoadedDeployDialog(props: LoadedDeployDialogProps): ReactElement {
  const { serviceId, onStarted, onClose } = props;
  const [edits, setEdits] = useState(() => editsOf(props.env, props.base));
  const [review, setReview] = useState<DeployInput | null>(null);
  if (review !== null) {
    return (
      <DeployPlan
        input={review}
        onBack={() => setReview(null)}
        onStarted={onStarted}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog
      title={`Deploy ${serviceId}`}
      lead="Choose what changes. Nothing happens before you have read the plan."
      onClose={onClose}
      footer={
        <>
          <span className="grow" />
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button
            kind="primary"
            refusal={deployProblem(edits)}
            onClick={() => setReview(deployInput(serviceId, edits))}
          >
            Review plan
          </Button>
        </>
      }
    >
      <DeployForm
        serviceId={serviceId}
        edits={edits}
        onEdit={(change) => setEdits({ ...edits, ...change })}
      />
    </Dialog>
  );
}
