import { useState } from 'react';
import type { ReactElement } from 'react';
import type { DeployInput, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState, InlineError } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { DeployForm } from './deploy-form.tsx';
import type { EnvDraft } from './env-draft.ts';
import { draftFrom, rowProblem, toEnvPatch } from './env-draft.ts';
import { PlanReview, planRefusal } from './plan-review.tsx';
import type { Started } from './use-deployments.ts';
import { useDeploy, useDeployPlan, useRevisions } from './use-deployments.ts';

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
  if (revisions.data !== undefined) {
    return <LoadedDeployDialog {...props} env={runningEnv(revisions.data, serviceId)} />;
  }
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
      {revisions.isError ? (
        <ErrorState error={revisions.error} what="The running configuration could not be read" />
      ) : (
        <SkeletonLines lines={5} label="Reading the running configuration" />
      )}
    </Dialog>
  );
}

interface LoadedDeployDialogProps extends DeployDialogProps {
  /** Read once: what others change meanwhile doesn't lose what is typed; the plan shows it. */
  readonly env: readonly EnvEntry[];
}

function LoadedDeployDialog(props: LoadedDeployDialogProps): ReactElement {
  const { serviceId, env, onStarted, onClose } = props;
  const [initialEnv] = useState(env);
  const [build, setBuild] = useState(true);
  const [draft, setDraft] = useState<EnvDraft>(() => draftFrom(initialEnv));
  const [review, setReview] = useState<DeployInput | null>(null);
  const problem = draft.map((row) => rowProblem(draft, row)).find((text) => text !== null);
  if (review !== null) {
    return (
      <PlanStep
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
            refusal={problem ?? null}
            onClick={() => setReview({ service: serviceId, build, env: toEnvPatch(draft) })}
          >
            Review plan
          </Button>
        </>
      }
    >
      <DeployForm
        serviceId={serviceId}
        build={build}
        draft={draft}
        env={initialEnv}
        onBuild={setBuild}
        onDraft={setDraft}
      />
    </Dialog>
  );
}

interface PlanStepProps extends Pick<DeployDialogProps, 'onStarted' | 'onClose'> {
  readonly input: DeployInput;
  readonly onBack: () => void;
}

function PlanStep({ input, onBack, onStarted, onClose }: PlanStepProps): ReactElement {
  const plan = useDeployPlan(input);
  const deploy = useDeploy();
  const confirm = (): void => {
    if (deploy.isUnderWay) return;
    const onSuccess = ({ operationId }: Started): void => {
      onStarted(operationId);
      onClose();
    };
    deploy.mutate(input, { onSuccess });
  };
  return (
    <Dialog
      title={plan.data?.question ?? `Deploy ${input.service}?`}
      lead={plan.data?.consequence}
      onClose={onClose}
      footer={
        <>
          {plan.data && <CopyButton text={plan.data.gcloud} label="Copy as gcloud" />}
          <span className="grow" />
          <Button onClick={onBack}>Back</Button>
          <Button data-autofocus onClick={onClose}>
            Cancel
          </Button>
          <Button
            kind="primary"
            busy={deploy.isUnderWay}
            refusal={planRefusal(plan.data)}
            onClick={confirm}
          >
            {`Deploy ${input.service}`}
          </Button>
        </>
      }
    >
      <PlanReview
        plan={plan.data}
        error={plan.error}
        onRetry={() => {
          plan.refetch().catch(reportError);
        }}
      />
      {deploy.error !== null && <InlineError error={deploy.error} />}
    </Dialog>
  );
}
