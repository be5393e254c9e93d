import { useId } from 'react';
import type { ReactElement, ReactNode } from 'react';

interface Choice<Value> {
  readonly value: Value;
  readonly title: string;
  /** What it brings with it. */
  readonly text: string;
}

interface ChoiceQuestionProps<Value> {
  readonly question: ReactNode;
  readonly choices: readonly Choice<Value>[];
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
}

/** A question that a deploy asks before anything else: each answer stands with its consequence. */
export function ChoiceQuestion<Value>(props: ChoiceQuestionProps<Value>): ReactElement {
  const { question, choices, value: chosen, onChange } = props;
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{question}</legend>
      {choices.map(({ value, title, text }) => (
        <label key={title} className="choice-option">
          <input
            type="radio"
            name={name}
            checked={chosen === value}
            onChange={() => onChange(value)}
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
