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
import { useDeploy, useDeployPlan, useRevisions } from './use-deployments.ts';

interface DeployDialogProps {
  readonly serviceId: StackServiceId;
  readonly onClose: () => void;
}

/** The environment that runs now: of the serving revision, else the newest, else the defaults. */
function runningEnv(rows: readonly RevisionRow[], serviceId: StackServiceId): readonly EnvEntry[] {
  const serving = rows.find(({ revision }) => revision.trafficPercent > 0) ?? rows[0];
  return serving?.revision.template.env ?? STACK_DEFAULTS[serviceId].env;
}

/** What to deploy, then the plan of it in the same dialog, then the deploy itself. */
export function DeployDialog({ serviceId, onClose }: DeployDialogProps): ReactElement {
  const revisions = useRevisions(serviceId, false);
  if (revisions.data !== undefined) {
    return (
      <LoadedDeployDialog
        serviceId={serviceId}
        env={runningEnv(revisions.data, serviceId)}
        onClose={onClose}
      />
    );
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

function LoadedDeployDialog({ serviceId, env, onClose }: LoadedDeployDialogProps): ReactElement {
  const [initialEnv] = useState(env);
  const [build, setBuild] = useState(true);
  const [draft, setDraft] = useState<EnvDraft>(() => draftFrom(initialEnv));
  const [review, setReview] = useState<DeployInput | null>(null);
  const problem = draft.map((row) => rowProblem(draft, row)).find((text) => text !== null);
  if (review !== null) {
    return <PlanStep input={review} onBack={() => setReview(null)} onClose={onClose} />;
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

interface PlanStepProps {
  readonly input: DeployInput;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

function PlanStep({ input, onBack, onClose }: PlanStepProps): ReactElement {
  const plan = useDeployPlan(input);
  const deploy = useDeploy();
  const confirm = (): void => {
    if (!deploy.isUnderWay) deploy.mutate(input, { onSuccess: onClose });
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
