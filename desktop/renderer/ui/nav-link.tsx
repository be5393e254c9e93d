import type { ReactElement, ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useGo } from './use-go.ts';

interface NavLinkProps {
  readonly path: string;
  readonly className?: string;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A link to a screen; says that it is the current one. */
export function NavLink({ path, className, title, children }: NavLinkProps): ReactElement {
  const [here] = useLocation();
  const go = useGo();
  return (
    <a
      href={`#${path}`}
      className={className}
      title={title}
      aria-current={here === path ? 'page' : undefined}
      onClick={(event) => {
        event.preventDefault();
        go(path);
      }}
    >
      {children}
    </a>
  );
}
