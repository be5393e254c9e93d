import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** Meaning of a colour: fine, look, broken, unknown or off, at work. */
export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'running';

interface StatusDotProps {
  readonly tone: Tone;
}

/** The second sign beside the colour: round, square, diamond, open ring. */
export function StatusDot({ tone }: StatusDotProps): ReactElement {
  return <span className={`dot dot-${tone}`} aria-hidden="true" />;
}

interface PillProps extends StatusDotProps {
  readonly children: ReactNode;
  readonly title?: string | undefined;
}

/** Dot and word. A status is never a colour alone. */
export function Pill({ tone, children, title }: PillProps): ReactElement {
  return (
    <span className={`pill pill-${tone}`} title={title}>
      <StatusDot tone={tone} />
      {children}
    </span>
  );
}

interface TagProps {
  readonly tone?: 'idle' | 'ok' | 'warn' | 'bad' | 'accent';
  readonly children: ReactNode;
}

/** A word on a tint, for kinds and changes. */
export function Tag({ tone = 'idle', children }: TagProps): ReactElement {
  return <span className={classNames('tag', `tag-${tone}`)}>{children}</span>;
}
