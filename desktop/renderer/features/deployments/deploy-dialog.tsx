import { useState } from 'react';
import type { ReactElement } from 'react';
import type { DeployInput, RevisionRow } from '../../../shared/contract/deployments.ts';
import type { EnvEntry } from '../../../shared/domain/revision.ts';
import type { StackServiceId } from '../../../shared/domain/stack.ts';
import { STACK_DEFAULTS } from '../../../shared/domain/stack.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';
import { DeployForm } from './deploy-form.tsx';
import type { EnvDraft } from './env-draft.ts';
import { draftFrom, rowProblem, toEnvPatch } from './env-draft.ts';
import { PinChoice } from './pin-choice.tsx';
import type { PinDecision } from './pin-choice.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import type { SettingsBase, SettingsDraft } from './settings-draft.ts';
import { draftOf, draftProblems, settingsBase, toSettings } from './settings-draft.ts';
import { useDeploy, useDeployPlan, useRevisions, useServices } from './use-deployments.ts';

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

/** What is typed, with what ran when the dialog was opened. */
interface Edits {
  readonly base: SettingsBase;
  readonly env: readonly EnvEntry[];
  readonly build: boolean;
  readonly draft: EnvDraft;
  readonly settings: SettingsDraft;
}

/** Only what is different is sent, so that it also fits on what others changed meanwhile. */
function inputOf(service: StackServiceId, edits: Edits): DeployInput {
  const { build, draft, base } = edits;
  const settings = toSettings(edits.settings, base);
  const input = { service, build, env: toEnvPatch(draft) };
  return Object.keys(settings).length === 0 ? input : { ...input, settings };
}

/** Why there can't be a plan yet, or null. */
function problemOf({ draft, settings, base }: Edits): string | null {
  const row = draft.map((one) => rowProblem(draft, one)).find((text) => text !== null);
  return row ?? draftProblems(settings, base)[0]?.problem ?? null;
}

function LoadedDeployDialog(props: LoadedDeployDialogProps): ReactElement {
  const { serviceId, onStarted, onClose } = props;
  const [edits, setEdits] = useState<Edits>(() => ({
    base: props.base,
    env: props.env,
    build: true,
    draft: draftFrom(props.env),
    settings: draftOf(props.base),
  }));
  const [review, setReview] = useState<DeployInput | null>(null);
  const edit = (change: Partial<Edits>): void => setEdits({ ...edits, ...change });
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
            refusal={problemOf(edits)}
            onClick={() => setReview(inputOf(serviceId, edits))}
          >
            Review plan
          </Button>
        </>
      }
    >
      <DeployForm
        serviceId={serviceId}
        build={edits.build}
        draft={edits.draft}
        env={edits.env}
        settings={edits.settings}
        problems={draftProblems(edits.settings, edits.base)}
        onBuild={(build) => edit({ build })}
        onDraft={(draft) => edit({ draft })}
        onSettings={(settings) => edit({ settings })}
      />
    </Dialog>
  );
}

interface PlanStepProps extends Pick<DeployDialogProps, 'onStarted' | 'onClose'> {
  readonly input: DeployInput;
  readonly onBack: () => void;
}

/** A deploy to a pinned service asks first: without an answer there is nothing to confirm. */
function PlanStep({ input, onBack, onStarted, onClose }: PlanStepProps): ReactElement {
  const [pinned, setPinned] = useState<PinDecision | undefined>(undefined);
  const decided = pinned === undefined ? input : { ...input, pinned };
  const plan = useDeployPlan(decided);
  const deploy = useDeploy();
  const pin = plan.data?.pin ?? null;
  const isOpen = pin !== null && pinned === undefined;
  return (
    <PlanDialog
      plan={plan}
      title={`Deploy ${input.service}?`}
      confirm={pinned === 'keep' ? 'Create without traffic' : `Deploy ${input.service}`}
      cancel="Cancel"
      refusal={isOpen ? 'Choose first what becomes of the pin.' : null}
      choice={
        pin !== null && (
          <PinChoice service={input.service} pin={pin} value={pinned} onChange={setPinned} />
        )
      }
      run={(etag, then) => deploy.mutate({ ...decided, etag }, then)}
      isUnderWay={deploy.isUnderWay}
      error={deploy.error}
      onBack={onBack}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}
