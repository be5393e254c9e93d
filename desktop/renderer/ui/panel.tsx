import type { ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import { classNames } from './class-names.ts';

interface PanelProps {
  readonly title?: ReactNode;
  /** Beside the title: a pill, a tag, a short note. */
  readonly aside?: ReactNode;
  /** At the right end of the head. */
  readonly end?: ReactNode;
  readonly className?: string;
  /** Name for assistive technology when there is no title. */
  readonly label?: string;
  readonly children?: ReactNode;
}

/** A bordered region with a head. Never inside another panel. */
export function Panel(props: PanelProps): ReactElement {
  const { title, aside, end, className, label, children } = props;
  const id = useId();
  const names = title === undefined ? { 'aria-label': label } : { 'aria-labelledby': id };
  return (
    <section className={classNames('panel', className)} {...names}>
      {title !== undefined && (
        <header className="panel-head">
          <h2 id={id}>{title}</h2>
          {aside}
          {end !== undefined && <div className="panel-end">{end}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

interface PageProps {
  readonly title: string;
  /** Beside the title: the age of what is shown, counts. */
  readonly aside?: ReactNode;
  /** At the right: filters, then the one primary action last. */
  readonly actions?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A screen: title line, then its content from the top down. */
export function Page({ title, aside, actions, className, children }: PageProps): ReactElement {
  return (
    <div className={classNames('page', className)}>
      <div className="page-head">
        <h1>{title}</h1>
        {aside}
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
