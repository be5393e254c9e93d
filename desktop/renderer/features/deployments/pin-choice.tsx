import type { ReactElement } from 'react';
import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { Pin } from '../../../shared/domain/plan.ts';
import { ChoiceQuestion } from './choice-question.tsx';

export type PinDecision = NonNullable<DeployInput['pinned']>;

interface PinChoiceProps {
  readonly service: string;
  readonly pin: Pin;
  readonly value: PinDecision | undefined;
  readonly onChange: (value: PinDecision) => void;
}

/** What a deploy to a pinned service has to ask before anything else: will anyone be served by it? */
export function PinChoice({ service, pin, value, onChange }: PinChoiceProps): ReactElement {
  const question = (
    <>
      Traffic of the {service} is pinned to <span className="mono">{pin.revision}</span>. What
      becomes of that?
    </>
  );
  const choices = [
    {
      value: 'keep',
      title: `Keep it pinned to ${pin.revision}`,
      text: 'The new revision is made and gets no traffic: the deploy ends as “created, not serving”.',
    },
    {
      value: 'resume',
      title: 'Resume latest',
      text: 'All traffic moves to the new revision once it is ready, and to every later one.',
    },
  ] as const;
  return <ChoiceQuestion question={question} choices={choices} value={value} onChange={onChange} />;
}
