import type { ReactElement, ReactNode } from 'react';

interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  /** One sentence. */
  readonly children?: ReactNode;
  /** The one button that ends the emptiness. */
  readonly action?: ReactNode;
}

/** Nothing there yet: icon, title, one sentence, one button. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps): ReactElement {
  return (
    <div className="state">
      <span className="state-icon" aria-hidden="true">
        {icon}
      </span>
      <h2 className="state-title">{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}
