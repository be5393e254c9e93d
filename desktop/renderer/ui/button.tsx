import type { ButtonHTMLAttributes, MouseEvent, ReactElement, ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'primary' | 'secondary' | 'ghost' | 'danger';
  readonly small?: boolean;
  /** Shows that the work it started is under way; a second click does nothing. */
  readonly busy?: boolean;
  /** Why it can't be used now. It stays focusable and says so. */
  readonly refusal?: string | null;
  /** An icon alone: `aria-label` is then needed. */
  readonly icon?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

function classOf(props: ButtonProps): string {
  const { kind = 'secondary', small = false, icon, children, className } = props;
  const isIcon = icon !== undefined && children === undefined;
  return classNames(
    'button',
    `button-${kind}`,
    small && 'button-small',
    isIcon && 'button-icon',
    className,
  );
}

function swallow(event: MouseEvent): void {
  event.preventDefault();
}

/** A button. One filled (`primary`) button per screen; `…` at the end when a dialog follows. */
export function Button(props: ButtonProps): ReactElement {
  const { kind: _kind, small: _small, busy = false, refusal = null, icon, ...native } = props;
  const isBlocked = busy || refusal !== null;
  return (
    <button
      type="button"
      {...native}
      className={classOf(props)}
      title={refusal ?? native.title}
      aria-disabled={isBlocked || undefined}
      aria-busy={busy || undefined}
      onClick={isBlocked ? swallow : native.onClick}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon}
      {native.children}
    </button>
  );
}
