import type { ReactElement, ReactNode } from 'react';

interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
  readonly disabled?: boolean;
  readonly title?: string;
}

/** On or off, with effect at once. */
export function Switch(props: SwitchProps): ReactElement {
  const { checked, onChange, children, disabled, title } = props;
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={checked}
      disabled={disabled}
      title={title}
      onClick={() => {
        onChange(!checked);
      }}
    >
      <span className="switch-track" aria-hidden="true" />
      {children}
    </button>
  );
}
