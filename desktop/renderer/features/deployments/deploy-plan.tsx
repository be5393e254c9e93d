import { useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { useSelectedTarget } from '../../api/use-selected-target.ts';
import { AccessChoice } from './access-choice.tsx';
import { PinChoice } from './pin-choice.tsx';
import type { PinDecision } from './pin-choice.tsx';
import { PlanDialog } from './plan-dialog.tsx';
import { useDeploy, useDeployPlan } from './use-deployments.ts';

interface DeployPlanProps {
  readonly input: DeployInput;
  readonly onBack: () => void;
  readonly onStarted: (operationId: string) => void;
  readonly onClose: () => void;
}

/** What the plan asks: undefined until it was answered. */
interface Answers {
  readonly pinned?: PinDecision;
  readonly public?: boolean;
}

function decide(input: DeployInput, { pinned, public: open }: Answers): DeployInput {
  return {
    ...input,
    ...(pinned === undefined ? {} : { pinned }),
    ...(open === undefined ? {} : { settings: { ...input.settings, public: open } }),
  };
}

/**
 * The plan of a deploy with what it has to ask first. A pin has no answer of its own; who may call a
 * new service has one that is suggested, and the plan shows the one that is chosen.
 */
export function DeployPlan({ input, onBack, onStarted, onClose }: DeployPlanProps): ReactElement {
  const [answers, setAnswers] = useState<Answers>({});
  const decided = decide(input, answers);
  const plan = useDeployPlan(decided);
  const deploy = useDeploy();
  const { pin = null, access = null } = plan.data ?? {};
  // Once, with the first plan: what is suggested is from then on what is planned.
  if (access !== null && answers.public === undefined) {
    setAnswers({ ...answers, public: access.suggested });
  }
  const isOpen = pin !== null && answers.pinned === undefined;
  return (
    <PlanDialog
      plan={plan}
      title={`Deploy ${input.service}?`}
      confirm={answers.pinned === 'keep' ? 'Create without traffic' : `Deploy ${input.service}`}
      cancel="Cancel"
      refusal={isOpen ? 'Choose first what becomes of the pin.' : null}
      choice={<Questions input={input} plan={plan.data} answers={answers} onAnswer={setAnswers} />}
      run={(etag, then) => deploy.mutate({ ...decided, etag }, then)}
      isUnderWay={deploy.isUnderWay}
      error={deploy.error}
      onBack={onBack}
      onStarted={onStarted}
      onClose={onClose}
    />
  );
}

interface QuestionsProps {
  readonly input: DeployInput;
  readonly plan: Plan | undefined;
  readonly answers: Answers;
  readonly onAnswer: (answers: Answers) => void;
}

function Questions({ input, plan, answers, onAnswer }: QuestionsProps): ReactNode {
  const target = useSelectedTarget();
  if (plan === undefined) return null;
  const { pin, access } = plan;
  return (
    <>
      {pin !== null && (
        <PinChoice
          service={input.service}
          pin={pin}
          value={answers.pinned}
          onChange={(pinned) => onAnswer({ ...answers, pinned })}
        />
      )}
      {access !== null && target !== undefined && (
        <AccessChoice
          service={input.service}
          target={target.kind}
          isPublic={answers.public ?? access.suggested}
          onChange={(open) => onAnswer({ ...answers, public: open })}
        />
      )}
    </>
  );
}
