import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** A number behind the label. */
  readonly count?: number;
}

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

const STEP: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

/** One of a few choices, all visible. Arrow keys move the choice. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): ReactElement {
  const { label, segments, value, onChange } = props;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = STEP[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const from = segments.findIndex((segment) => segment.value === value);
    const at = (from + step + segments.length) % segments.length;
    const next = segments[at];
    if (next !== undefined) onChange(next.value);
    const button = event.currentTarget.children[at];
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <div className="segments" role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {segments.map((segment) => (
        <button
          key={segment.value}
          type="button"
          role="radio"
          className="segment"
          aria-checked={segment.value === value}
          tabIndex={segment.value === value ? 0 : -1}
          onClick={() => {
            onChange(segment.value);
          }}
        >
          {segment.label}
          {segment.count !== undefined && <span className="count">{segment.count}</span>}
        </button>
      ))}
    </div>
  );
}
