import { useId } from 'react';
import type { ReactElement } from 'react';
import type { DeployInput } from '../../../shared/contract/deployments.ts';
import type { Pin } from '../../../shared/domain/plan.ts';

export type PinDecision = NonNullable<DeployInput['pinned']>;

interface PinChoiceProps {
  readonly service: string;
  readonly pin: Pin;
  readonly value: PinDecision | undefined;
  readonly onChange: (value: PinDecision) => void;
}

/** What a deploy to a pinned service has to ask before anything else: will anyone be served by it? */
export function PinChoice({ service, pin, value, onChange }: PinChoiceProps): ReactElement {
  const name = useId();
  const choices: readonly (readonly [PinDecision, string, string])[] = [
    [
      'keep',
      `Keep it pinned to ${pin.revision}`,
      'The new revision is made and gets no traffic: the deploy ends as “created, not serving”.',
    ],
    [
      'resume',
      'Resume latest',
      'All traffic moves to the new revision once it is ready, and to every later one.',
    ],
  ];
  return (
    <fieldset className="pin-choice">
      <legend>
        Traffic of the {service} is pinned to <span className="mono">{pin.revision}</span>. What
        becomes of that?
      </legend>
      {choices.map(([choice, title, text]) => (
        <label key={choice} className="pin-option">
          <input
            type="radio"
            name={name}
            checked={value === choice}
            onChange={() => onChange(choice)}
          />
          <span>
            <b>{title}</b>
            <span className="meta">{text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
